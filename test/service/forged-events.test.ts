/** Any publisher on the bus chooses source, topic and content: how the mail consumer handles that (S58, S61). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailTopics } from '../../functions/domain/mail/topics.ts';
import { handIn, MAIL_REQUESTED, messageOf, notice, putEvent, type Sent } from '../support/bus.ts';
import { expectNothing } from '../support/expect-nothing.ts';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { invite, newOrganization } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const IDENTITY = 'huleedu.identity';
const EMAIL = 'huleedu.email';
const STRANGER = 'huleedu.billing';

let service: Service;
let victim: Person;
let attacker: string;
let org: string;

beforeAll(async () => {
  service = await sharedService();
  victim = await registerAndLogin(service);
  org = await newOrganization(service, victim);
  await deliverMail(service);
});
afterAll(() => service.stop());
beforeEach(() => {
  attacker = newEmail();
});

const counted = () => service.logs().filter(({ line }) => line.includes('"EventsRefused":1'));
const refusals = () => service.logs().filter(({ line }) => line.includes('"message":"event refused"'));
/** The mail that each topic would cause if the event were believed. */
const told: Readonly<Record<(typeof mailTopics)[number], (person: Person, to: string) => object>> = {
  'huleedu.identity.user.registered.v1': (person, email) => ({
    user_id: person.userId,
    email,
    registered_at: now(),
    correlation_id: id(),
  }),
  'huleedu.identity.email.verification.requested.v1': (person, email) => ({
    user_id: person.userId,
    email,
    verification_token: id(),
    expires_at: soon(),
    correlation_id: id(),
  }),
  'huleedu.identity.password.reset.requested.v1': (person, email) => ({
    user_id: person.userId,
    email,
    token_id: id(),
    expires_at: soon(),
    correlation_id: id(),
  }),
  'huleedu.identity.password.reset.completed.v1': ({ userId }) => ({
    user_id: userId,
    reset_at: now(),
    correlation_id: id(),
  }),
  'huleedu.identity.password.changed.v1': ({ userId }) => ({
    user_id: userId,
    changed_at: now(),
    correlation_id: id(),
  }),
  'huleedu.identity.account.locked.v1': ({ userId }) => ({
    user_id: userId,
    locked_until: soon(),
    correlation_id: id(),
  }),
  'huleedu.identity.session.revoked.v1': ({ userId, sessionId }) => ({
    user_id: userId,
    session_id: sessionId,
    reason: 'reuse_detected',
    revoked_at: now(),
    correlation_id: id(),
  }),
  'huleedu.identity.factor.added.v1': ({ userId }) => factorChange(userId),
  'huleedu.identity.factor.removed.v1': ({ userId }) => factorChange(userId),
  'huleedu.email.notification.requested.v1': (_, to) => notice(to, 'already_registered'),
};

const factorChange = (user_id: string) => ({ user_id, factor: 'totp', at: now(), correlation_id: id() });
const id = () => crypto.randomUUID();
const now = () => new Date().toISOString();
const soon = () => new Date(Date.now() + 3_600_000).toISOString();
const ownSource = (topic: string) => (topic === MAIL_REQUESTED ? EMAIL : IDENTITY);

describe.each(mailTopics)('S61: a forged %s', (topic) => {
  const forged = (source: string): Sent => ({ source, topic, data: told[topic](victim, victim.email) });

  it('of another source is stopped by the rules', async () => {
    service.endpoint.resetCalls();
    await expectNothing(service, () => putEvent(service, forged(STRANGER)));
    expect(service.endpoint.calls()['sqs.SendMessage']).toBeUndefined();
  });

  it('of another source is refused once by the consumer if an edited rule lets it through', async () => {
    const [lines, counts] = [refusals().length, counted().length];
    await expectNothing(service, async () => {
      expect(await handIn(service, messageOf(forged(STRANGER)))).toMatchObject({ result: { batchItemFailures: [] } });
    });
    expect(refusals().length).toBe(lines + 1);
    expect(counted().length).toBe(counts + 1);
    expect(refusals().at(-1)?.line).not.toContain(victim.email);
  });

  it('of our own source, with an unknown id, is refused once', async () => {
    const [lines, counts] = [refusals().length, counted().length];
    await expectNothing(service, () => putEvent(service, forged(ownSource(topic))));
    expect(refusals().length).toBe(lines + 1);
    expect(counted().length).toBe(counts + 1);
  });

  it('of our own source, with the id of an event of another kind, is refused', async () => {
    const [other] = await service.sql('select event_id from event_outbox where topic <> $1 limit 1', [topic]);
    await expectNothing(service, () => putEvent(service, { ...forged(ownSource(topic)), eventId: other?.event_id }));
  });
});

describe('S58: the link of an invitation', () => {
  /** The invitation's event, as everybody on the bus sees it, before any mail was sent. */
  async function invitationSeen(to: string) {
    await invite(service, victim, org, to, ['owner']);
    const [row] = await service.sql(`select event_id, data from event_outbox where topic = $1 and data ->> 'to' = $2`, [
      MAIL_REQUESTED,
      to,
    ]);
    return { eventId: row?.event_id as string, data: row?.data };
  }

  it.each([
    [STRANGER, 'an id of its own'],
    [EMAIL, 'an id of its own'],
    [EMAIL, 'the id of the invitation’s own event'],
  ])('is never sent to an address that an event of %s names, under %s', async (source, which) => {
    const invited = newEmail();
    const { eventId, data } = await invitationSeen(invited);
    const forged = { source, topic: MAIL_REQUESTED, data: { ...data, to: attacker } };
    const under = which === 'an id of its own' ? {} : { eventId };
    await putEvent(service, { ...forged, ...under });
    await handIn(service, messageOf({ ...forged, ...under }));
    expect(mailTo(service, attacker)).toEqual([]);
    // The invited person gets it once, whichever event came first.
    await deliverMail(service);
    expect(mailTo(service, invited)).toHaveLength(1);
  });

  it('is not held back by a foreign event with the id of ours', async () => {
    const invited = newEmail();
    const { eventId, data } = await invitationSeen(invited);
    const foreign = notice(attacker, 'notification', { subject: 'x', body: 'x' });
    await putEvent(service, {
      source: EMAIL,
      topic: MAIL_REQUESTED,
      data: { ...foreign, message_id: data.message_id },
      eventId,
    });
    await deliverMail(service);
    expect(mailTo(service, invited)).toHaveLength(1);
  });

  it('has the content of its row, not of the delivered copy', async () => {
    const invited = newEmail();
    const { eventId, data } = await invitationSeen(invited);
    const variables = { ...data.variables, organization: 'Call 0700 123 456', expires_at: '2099-01-01T00:00:00Z' };
    await putEvent(service, { source: EMAIL, topic: MAIL_REQUESTED, data: { ...data, variables }, eventId });
    const [mail] = mailTo(service, invited);
    expect(mail?.Body?.text_part).toContain('Oak School');
    expect(mail?.Body?.text_part).not.toMatch(/0700|2099/);
  });

  it('is not mailed after a newer invitation replaced it', async () => {
    const invited = newEmail();
    const { eventId, data } = await invitationSeen(invited);
    await invite(service, victim, org, invited, ['member']);
    await putEvent(service, { source: EMAIL, topic: MAIL_REQUESTED, data, eventId });
    expect(mailTo(service, invited)).toEqual([]);
  });
});

describe('S58: the link of a reset', () => {
  it('is sent to its own account, whatever a copy of its event says', async () => {
    const { email } = await registerAndLogin(service);
    await deliverMail(service);
    await service.post('/v1/auth/request-password-reset', { email });
    const topic = 'huleedu.identity.password.reset.requested.v1';
    const [row] = await service.sql(
      `select event_id, data from event_outbox where topic = $1 and data ->> 'email' = $2`,
      [topic, email],
    );
    const data = { ...row?.data, user_id: victim.userId, email: attacker };
    await putEvent(service, { source: IDENTITY, topic, data, eventId: row?.event_id });
    expect(mailTo(service, attacker)).toEqual([]);
    expect(mailTo(service, victim.email).filter(({ Tags }) => Tags?.[0]?.Value === 'reset_password')).toEqual([]);
    const token = await mailedToken(service, email, 'reset_password');
    const reset = { token, new_password: 'a much newer horse battery staple' };
    expect((await service.post('/v1/auth/reset-password', reset)).status).toBe(200);
  });
});

it('S61: a replay mails no event that was swept', async () => {
  const person = await registerAndLogin(service);
  const change = { current_password: person.password, new_password: 'another correct horse battery' };
  await service.post('/v1/auth/change-password', change, person.bearer);
  await deliverMail(service);
  const [event] = service.events.events().filter(({ detail }) => {
    const { event_type, data } = detail as { event_type: string; data: { user_id?: string } };
    return event_type === 'huleedu.identity.password.changed.v1' && data.user_id === person.userId;
  });
  // As the sweep drops it, with its partition (test/store/partitions.test.ts).
  await service.sql('delete from event_outbox where event_id = $1', [event?.detail.event_id]);
  await service.sql('delete from inbox');
  await expectNothing(service, () => handIn(service, JSON.stringify({ ...event, 'replay-name': 'once more' })));
});
