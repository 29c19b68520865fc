/** A journey through the statements about factors. */
import { expect } from 'vitest';
import { beginLogin, giveApp, setUpApp, showFactor } from './factors.ts';
import { mailedCode } from './mailbox.ts';
import { proveAddress } from './organizations.ts';
import { visitor } from './page-visitor.ts';
import { givePasskey, passkeyLogin, surely } from './passkeys.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export async function factorJourney(service: Service): Promise<void> {
  const person = await registerAndLogin(service);
  const app = await setUpApp(service, person);
  const made = await service.post('/v1/auth/recovery-codes', undefined, person.bearer);
  // An app has three codes at a time, and the first has set it up.
  const [code, another, third] = made.body.codes;
  expect(await service.get('/v1/auth/factors', person.bearer)).toMatchObject({ status: 200 });
  const mfaToken = await beginLogin(service, person);
  expect(await showFactor(service, mfaToken, 'totp', app.wrongCode())).toMatchObject({ status: 401 });
  expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject({ status: 200 });
  expect(await showFactor(service, await beginLogin(service, person), 'recovery', code)).toMatchObject({ status: 200 });
  const visit = visitor(service);
  await visit.open('/sign-in');
  await visit.submit({ email: person.email, password: person.password });
  await visit.open(visit.location());
  await visit.submit({ code: app.code() });
  expect(await visit.open('/account')).toMatchObject({ status: 200 });
  await visit.open('/second-factor?again=true&to=/account&method=recovery');
  expect(await visit.submit({ code: third })).toMatchObject({ status: 303 });
  const again = await service.post('/v1/auth/reauthenticate', { code: another }, person.bearer);
  expect(again).toMatchObject({ status: 200 });
  expect(await service.delete('/v1/auth/totp', undefined, person.bearer)).toMatchObject({ status: 204 });
  await mailedJourney(service, person);
  await passkeyJourney(service);
}

/** Where the stage takes mailed codes: between the two factors, and in a session. */
async function mailedJourney(service: Service, person: Person): Promise<void> {
  await proveAddress(service, person);
  await giveApp(service, person.userId);
  const mfa_token = await beginLogin(service, person);
  expect(await service.post('/v1/auth/second-factor/email-code', { mfa_token })).toMatchObject({ status: 202 });
  const code = await mailedCode(service, person.email, 'second_factor');
  expect(await showFactor(service, mfa_token, 'email', code)).toMatchObject({ status: 200 });
  const visit = visitor(service);
  await visit.open('/sign-in');
  await visit.submit({ email: person.email, password: person.password });
  await visit.open('/second-factor?method=email');
  await visit.submit({ mail: 'true' });
  expect(await visit.submit({ code: await mailedCode(service, person.email, 'second_factor') })).toMatchObject({
    status: 303,
  });
  await visit.open('/second-factor?again=true&to=/account&method=email');
  expect(await visit.submit({ mail: 'true' })).toMatchObject({ status: 200 });
}

async function passkeyJourney(service: Service): Promise<void> {
  const person = await registerAndLogin(service);
  const passkey = await givePasskey(service, person);
  const { bearer } = await surely(service, passkey);
  expect(await passkeyLogin(service, passkey, { isVerified: false })).toMatchObject({ status: 401 });
  expect(await service.get('/v1/auth/passkeys', bearer)).toMatchObject({ status: 200 });
  const own = `/v1/auth/passkeys/${passkey.id}`;
  expect(await service.put(own, { name: 'Phone' }, bearer)).toMatchObject({ status: 204 });
  expect(await service.delete(own, undefined, bearer)).toMatchObject({ status: 204 });
}
