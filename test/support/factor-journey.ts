/** A journey through the statements about factors. */
import { expect } from 'vitest';
import { beginLogin, giveApp, giveRecoveryCodes, showFactor } from './factors.ts';
import { registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export async function factorJourney(service: Service): Promise<void> {
  const person = await registerAndLogin(service);
  const app = await giveApp(service, person.userId);
  const [code = ''] = await giveRecoveryCodes(service, person.userId);
  const mfaToken = await beginLogin(service, person);
  expect(await showFactor(service, mfaToken, 'totp', app.wrongCode())).toMatchObject({ status: 401 });
  expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject({ status: 200 });
  expect(await showFactor(service, await beginLogin(service, person), 'recovery', code)).toMatchObject({ status: 200 });
}
