import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOOPBACK } from '../support/loopback.ts';
import { deliverMail, mailTo, newestMail } from '../support/mailbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const notices = async ({ email }: Person) =>
  (await service.outbox('huleedu.email.notification.requested.v1')).filter(
    ({ to, template_id }) => to === email && template_id === 'new_device',
  );
const on = (person: Person, device_name: string, agent = 'laptop browser') =>
  person.loginAgain({ device_name }, { 'user-agent': agent });

it('the first session of an account sends no notice of a new device', async () => {
  expect(await notices(await registerAndLogin(service))).toEqual([]);
});

it('a device or a browser on which the account was not used before causes one notice', async () => {
  const person = await registerAndLogin(service);
  await on(person, 'laptop');
  await on(person, 'laptop');
  expect(await notices(person)).toHaveLength(1);
  await on(person, 'laptop', 'another browser');
  await on(person, 'telephone');
  expect((await notices(person)).map(({ variables }) => variables.device)).toEqual(['laptop', 'laptop', 'telephone']);
});

it('a device whose session has ended is still known', async () => {
  const person = await registerAndLogin(service);
  const { bearer } = await on(person, 'laptop');
  await service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, bearer);
  await on(person, 'laptop');
  expect(await notices(person)).toHaveLength(1);
});

it('a wrong password sends no notice of a device', async () => {
  const person = await registerAndLogin(service);
  await service.post('/v1/auth/login', { email: person.email, password: 'not the password', device_name: 'thief' });
  expect(await notices(person)).toEqual([]);
});

it('the owner gets a mail with the device, the time and the address', async () => {
  const person = await registerAndLogin(service, { locale: 'en' });
  await on(person, 'laptop <b>');
  const { Body } = await newestMail(service, person.email, 'new_device');
  expect(Body?.text_part).toContain('laptop <b>');
  expect(Body?.text_part?.split(/[\s,]+|\.\s/)).toContainEqual(expect.stringMatching(LOOPBACK));
  expect(Body?.html_part).not.toContain('laptop <b>');
  await deliverMail(service);
  expect(
    mailTo(service, person.email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === 'new_device')),
  ).toHaveLength(1);
});
