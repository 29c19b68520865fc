/** A journey through the statements about factors. */
import { expect } from 'vitest';
import { beginLogin, setUpApp, showFactor } from './factors.ts';
import { registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export async function factorJourney(service: Service): Promise<void> {
  const person = await registerAndLogin(service);
  const app = await setUpApp(service, person);
  const made = await service.post('/v1/auth/recovery-codes', undefined, person.bearer);
  const [code] = made.body.codes;
  expect(await service.get('/v1/auth/factors', person.bearer)).toMatchObject({ status: 200 });
  const mfaToken = await beginLogin(service, person);
  expect(await showFactor(service, mfaToken, 'totp', app.wrongCode())).toMatchObject({ status: 401 });
  expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject({ status: 200 });
  expect(await showFactor(service, await beginLogin(service, person), 'recovery', code)).toMatchObject({ status: 200 });
  expect(await service.delete('/v1/auth/totp', undefined, person.bearer)).toMatchObject({ status: 204 });
}
