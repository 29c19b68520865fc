/** Passkeys belong to the domain of the first: no deployment takes another while there are any. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givePasskey } from '../support/passkeys.ts';
import { registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  // Its own: it runs the job of deployments, and is about all passkeys of a stage.
  service = await startService();
});
afterAll(() => service.stop());

const noted = async () => (await service.sql('select rp_id from passkey_domain')).map(({ rp_id }) => rp_id);
const newPasskey = async () => givePasskey(service, await registerAndLogin(service));

it('is noted with the first passkey, and a deployment that would change it is refused while there are any', async () => {
  await service.runJob('migrate');
  expect(await noted()).toEqual([]);
  await newPasskey();
  expect(await noted()).toEqual(['localhost']);
  await service.runJob('migrate');

  await service.sql(`update passkey_domain set rp_id = 'id.old-school.example'`);
  await newPasskey();
  expect(await noted()).toEqual(['id.old-school.example']);
  await expect(service.runJob('migrate')).rejects.toThrow(
    'Nobody could use a passkey any more: those of this stage belong to id.old-school.example, and the settings make ' +
      'it localhost. Set service.passkeys.rpId to "id.old-school.example"',
  );

  await service.sql('delete from factors');
  await service.runJob('migrate');
  expect(await noted()).toEqual([]);
  await newPasskey();
  expect(await noted()).toEqual(['localhost']);
});
