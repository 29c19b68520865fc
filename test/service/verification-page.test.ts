/** The page behind a verification link: the owner of the mailbox says whose registration it was (S56, S57). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, linkIn, mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { invite } from '../support/organizations.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const SIGN_IN = 'https://school.example/sign-in';
const HOUR = 60 * 60;

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { signInUrl: SIGN_IN, verificationLinkHours: 48 } });
});
afterAll(() => service?.stop());

const browser = {
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0 see evil.example',
};
const send = (path: string, fields: Record<string, string>) =>
  service.send('POST', path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
const answer = (token: string, given: string, lang = 'en') => send('/verify-email', { token, lang, answer: given });
const open = (token: string, lang = 'en') => service.get(`/verify-email?token=${token}&lang=${lang}`);
const squat = () => registerAndLogin(service, { organization_name: 'Squat' });
const linkFor = (person: Person) => mailedToken(service, person.email, 'verify_email');
const ofUser = async ({ userId }: Person, topic: string) =>
  (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);
async function reset(email: string) {
  await service.post('/v1/auth/request-password-reset', { email });
  const token = await mailedToken(service, email, 'reset_password');
  expect((await service.post('/v1/auth/reset-password', { token, new_password: 'a much newer horse' })).status).toBe(
    200,
  );
}
async function at(seconds: number, work: () => Promise<unknown>) {
  service.setClockOffset(seconds);
  await work().finally(() => service.setClockOffset(0));
}

describe('the mail and the page of a verification link', () => {
  it('S57, S62: name the time, the device and the address of the registration, in words of our own', async () => {
    const email = 'facts@example.com';
    await service.post('/v1/auth/register', { email, password: 'correct horse battery staple' }, browser);
    const mail = await newestMail(service, email, 'verify_email');
    const [row] = await service.sql('select registered_ip from users where email = $1', [email]);
    const facts = /Somebody registered this address at HuleEdu on [^,]*\d{4} at \d\d:\d\d UTC, from Firefox on Windows/;
    const page = (await open(linkIn(mail).searchParams.get('token') as string)).body;
    for (const text of [mail.Body?.text_part as string, page]) {
      expect(text).toMatch(facts);
      expect(text).toContain(`with the network address ${row?.registered_ip}`);
      expect(text).not.toContain('evil.example');
    }
  });

  it('S57: change nothing, however often the page is opened, or only its headers are requested', async () => {
    const person = await squat();
    const token = await linkFor(person);
    const before = await service.dump();
    for (const method of ['GET', 'HEAD', 'GET']) {
      expect((await service.send(method, `/verify-email?token=${token}`)).status).toBe(200);
    }
    expect(await service.dump()).toBe(before);
    expect(await service.callsDuring(() => open(token))).toEqual({ 'rds-data.ExecuteStatement': 1 });
  });
});

describe('"That was me"', () => {
  it('proves the address, once; the second time it says that this is done, and leads on', async () => {
    const person = await squat();
    const token = await linkFor(person);
    const done = await answer(token, 'mine', 'sv');
    expect([done.status, done.body]).toEqual([200, expect.stringContaining('Din adress är bekräftad')]);
    expect(done.body).toContain(`href="${SIGN_IN}"`);
    for (const again of [await answer(token, 'mine'), await open(token)]) {
      expect([again.status, again.body]).toEqual([200, expect.stringContaining('Your address is confirmed already')]);
      expect(again.body).toContain(`href="${SIGN_IN}"`);
    }
    expect(await ofUser(person, 'huleedu.identity.email.verified.v1')).toHaveLength(1);
    // Programs get the same answer as before; the detail is for the holder of the genuine link.
    const used = await service.post('/v1/auth/verify-email', { token });
    expect([used.status, used.body.code]).toEqual([400, 'VERIFICATION_TOKEN_INVALID']);
    expect(used.body.detail).toBe('The address is verified already.');
    expect((await service.post('/v1/auth/verify-email', { token: 'x' })).body.detail).not.toContain('already');
  });

  it('also says so if a reset has proved the address since, and after the link’s time', async () => {
    const person = await squat();
    const token = await linkFor(person);
    await reset(person.email);
    expect((await open(token)).body).toContain('Your address is confirmed already');
    expect((await answer(token, 'mine')).body).toContain('Your address is confirmed already');
    await at(49 * HOUR, async () => {
      expect((await open(token)).body).toContain('Your address is confirmed already');
      expect((await answer(token, 'mine')).body).toContain('Your address is confirmed already');
    });
  });

  it('pressed twice at once makes one proof, and no refusal', async () => {
    const person = await squat();
    const token = await linkFor(person);
    const answers = await Promise.all([answer(token, 'mine'), answer(token, 'mine')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await ofUser(person, 'huleedu.identity.email.verified.v1')).toHaveLength(1);
  });
});

describe('"That was not me"', () => {
  it('S57: deletes the account with everything that it has and could do, and announces it', async () => {
    const squatter = await squat();
    const [{ org_id }] = (await service.get('/v1/orgs', squatter.bearer)).body.orgs;
    const token = await linkFor(squatter);
    const { status, body } = await answer(token, 'not_mine');
    expect([status, body]).toEqual([200, expect.stringContaining('The account is deleted')]);
    expect(await service.dump()).not.toContain(squatter.email);

    const { email, password, bearer, refreshToken } = squatter;
    expect({
      refresh: (await service.post('/v1/auth/refresh', { refresh_token: refreshToken })).status,
      me: (await service.get('/v1/auth/me', bearer)).status,
      login: (await service.post('/v1/auth/login', { email, password })).status,
      invite: (await invite(service, squatter, org_id, 'a@example.com', ['member'])).status,
    }).toEqual({ refresh: 401, me: 401, login: 401, invite: 401 });
    expect(await service.sql('select from organizations where org_id = $1', [org_id])).toEqual([]);
    expect(await ofUser(squatter, 'huleedu.identity.account.deleted.v1')).toHaveLength(1);
    expect(await ofUser(squatter, 'huleedu.identity.org.member.removed.v1')).toMatchObject([{ org_id }]);
    const entries = (await service.audit(squatter.userId)).filter(({ action }) => action === 'account.deleted');
    expect(entries).toMatchObject([{ detail: { reason: 'disowned' }, ip_address: null }]);

    for (const again of [await answer(token, 'not_mine'), await open(token)]) {
      expect([again.status, again.body]).toEqual([200, expect.stringContaining('There is no such account any more')]);
    }
    const owner = await registerAndLogin(service, { email });
    expect(owner.userId).not.toBe(squatter.userId);
  });

  it('S57: deletes no proved account, and nothing by an expired link or one that is not the newest', async () => {
    const [proved, late, older] = [await squat(), await squat(), await squat()];
    const tokens = [await linkFor(proved), await linkFor(late), await linkFor(older)] as const;
    await answer(tokens[0], 'mine');
    await service.post('/v1/auth/request-email-verification', { email: older.email });
    const refused = async (token: string) => {
      const { status, body } = await answer(token, 'not_mine');
      expect([status, body]).toEqual([200, expect.stringContaining('cannot be deleted from here any more')]);
    };
    await refused(tokens[0]);
    await refused(tokens[2]);
    await at(24 * HOUR + 1, () => refused(tokens[1]));
    const left = await service.sql('select from users where user_id = any ($1)', [
      [proved, late, older].map(({ userId }) => userId),
    ]);
    expect(left).toHaveLength(3);
    expect((await answer('x', 'not_mine')).status).toBe(400);
  });

  it('S46: succeeds for the caller even if the database’s answer is lost', async () => {
    const squatter = await squat();
    const token = await linkFor(squatter);
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    expect((await answer(token, 'not_mine')).status).toBe(200);
    expect(await ofUser(squatter, 'huleedu.identity.account.deleted.v1')).toHaveLength(1);
  });
});

describe('a link that no longer works', () => {
  it('offers a new one, which goes to the address of the old one', async () => {
    const person = await squat();
    const verification = await linkFor(person);
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const resetting = await mailedToken(service, person.email, 'reset_password');
    const links = [
      ['/verify-email', verification, 'verify_email'],
      ['/reset-password', resetting, 'reset_password'],
    ] as const;
    await at(49 * HOUR, async () => {
      for (const [path, token, template] of links) {
        const { body } = await service.get(`${path}?token=${token}&lang=en`);
        expect(body).toContain('The link has expired');
        expect(body).toContain('name="answer" value="renew"');
        expect(body).not.toContain(person.email);
        const renewed = await send(path, { token, lang: 'en', answer: 'renew' });
        expect(renewed.body).toContain('A new link is on its way');
        expect(await mailedToken(service, person.email, template)).not.toBe(token);
        expect((await send(path, { token: 'x', answer: 'renew' })).status).toBe(400);
      }
    });
  });

  it('shows for a used reset link that the password is changed', async () => {
    const person = await squat();
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const token = await mailedToken(service, person.email, 'reset_password');
    expect((await service.get(`/reset-password?token=${token}`)).body).toContain(person.email);
    const fields = { token, new_password: 'a much newer horse battery', lang: 'en' };
    expect((await send('/reset-password', fields)).body).toContain(`href="${SIGN_IN}"`);
    expect((await send('/reset-password', fields)).body).toContain('changed with this link already');
    expect((await service.get(`/reset-password?token=${token}`)).body).not.toContain(person.email);
  });

  it('mails no link for a proved address', async () => {
    const person = await squat();
    const token = await linkFor(person);
    await answer(token, 'mine');
    const before = mailTo(service, person.email).length;
    await answer(token, 'renew');
    await deliverMail(service);
    expect(mailTo(service, person.email)).toHaveLength(before);
  });
});
