/** A stage that signs in by mail alone (`emailLogin: only`): its pages. */
import { expect, it } from 'vitest';
import { mailedCode } from '../support/mailbox.ts';
import { sendAt, sessionOf, signInAt, visitor } from '../support/page-visitor.ts';
import { newEmail } from '../support/people.ts';
import { sharedService } from '../support/shared-service.ts';

it('has no password anywhere: to sign in, to sign up, to forget, to confirm', async () => {
  const only = await sharedService({ emailLogin: 'only' });
  const visit = visitor(only);
  const signIn = await visit.open('/sign-in?to=/account');
  expect(signIn.body).not.toContain('type="password"');
  expect(signIn.body).toContain('id="passkey"');
  expect(signIn.body).toContain('href="/sign-in-by-mail?to=%2Faccount" id="by_mail"');
  await visit.open('/forgot-password?to=/account');
  expect(visit.location()).toMatch(/^\/sign-in-by-mail\?to=%2Faccount/);
  const email = newEmail();
  const page = await visit.open('/sign-up');
  expect(page.body).not.toContain('type="password"');
  await visit.submit({ email });
  await visit.open(visit.location());
  await visit.submit({ code: await mailedCode(only, email, 'verify_email') });
  expect(sessionOf(visit)).not.toBe('');
  const [user] = await only.sql(
    'select u.password_hash, s.amr from users u join sessions s using (user_id) where u.email = $1',
    [email],
  );
  expect(user).toEqual({ password_hash: '!', amr: ['email'] });
  only.setClockOffset(600);
  await visit.open('/account/confirm?to=/account/authenticator');
  expect(visit.location()).toMatch(/^\/sign-in-by-mail\?to=%2Faccount%2Fauthenticator/);
  await visit.open(visit.location());
  await visit.submit({ email });
  await visit.open(visit.location());
  await visit.submit({ code: await mailedCode(only, email) });
  expect(visit.location()).toBe('/account/authenticator');
  expect((await sendAt(visit, '/account/authenticator')).status).toBe(200);
  expect((await signInAt(visitor(only), { email, password: 'x' })).status).toBe(403);
});

it('leads straight to the mail where there are no passkeys either', async () => {
  const visit = visitor(await sharedService({ emailLogin: 'only', passkeys: { on: false } }));
  await visit.open('/sign-in?to=/account');
  expect(visit.location()).toMatch(/^\/sign-in-by-mail\?to=%2Faccount/);
  expect((await visit.open(visit.location())).body).not.toContain('id="sign_in"');
});
