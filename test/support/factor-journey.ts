/** A journey through the statements about factors. */
import { expect } from 'vitest';
import { beginLogin, setUpApp, showFactor } from './factors.ts';
import { visitor } from './page-visitor.ts';
import { givePasskey, passkeyLogin, surely } from './passkeys.ts';
import { registerAndLogin } from './people.ts';
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
  await passkeyJourney(service);
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
