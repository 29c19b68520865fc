/** Pages of other origins, and applications, that may use the passkeys of this domain. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givePasskey, passkeyLogin } from '../support/passkeys.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const PAGES = ['https://school.example', 'https://app.school.example:8443'];
const APPLICATION = `android:apk-key-hash:${'a'.repeat(43)}`;

let service: Service;
beforeAll(async () => {
  service = await sharedService({ passkeys: { origins: [...PAGES, APPLICATION] } });
});
afterAll(() => service.stop());

it('are told to browsers, and exactly those and the applications are taken', async () => {
  const { status, headers, body } = await service.get('/.well-known/webauthn');
  // WebAuthn L3 §5.11.1: browsers take no other type.
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(body).toEqual({ origins: [new URL(service.url).origin, ...PAGES] });

  const passkey = await givePasskey(service, await registerAndLogin(service));
  for (const origin of [...body.origins, APPLICATION]) {
    expect(await passkeyLogin(service, passkey, { origin })).toMatchObject({ status: 200 });
  }
  const others = [
    'https://app.school.example',
    'https://www.school.example',
    'http://school.example',
    'https://school.example/',
    'https://school.example.evil.example',
    `android:apk-key-hash:${'b'.repeat(43)}`,
  ];
  for (const origin of others) {
    expect(await passkeyLogin(service, passkey, { origin })).toMatchObject({ status: 401 });
  }
});
