/** Logins by mail, for tests. */
import { deliverMail, mailedCode, mailedToken } from './mailbox.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Answer, Service } from './service.ts';

/** Its mail is sent at once, since two that are due together arrive in any order. @returns the `login_id` */
export async function askByMail(service: Service, email: string, more: object = {}): Promise<string> {
  const { body } = await service.post('/v1/auth/email-code', { email, ...more });
  if (!body.login_id) throw new Error(`email-code answered ${JSON.stringify(body)}`);
  await deliverMail(service);
  return body.login_id;
}

export const giveCode = (service: Service, login_id: string, code: string, more: object = {}) =>
  service.post('/v1/auth/email-code/verify', { login_id, code, ...more });

export async function signInByMail(service: Service, email: string, more: object = {}) {
  const loginId = await askByMail(service, email, more);
  return giveCode(service, loginId, await mailedCode(service, email));
}

export const otherThan = (code: string) => (code === '111111' ? '222222' : '111111');

export async function provedPerson(service: Service): Promise<Person> {
  const person = await registerAndLogin(service);
  await service.post('/v1/auth/verify-email', { token: await mailedToken(service, person.email, 'verify_email') });
  return person;
}

export const claimsOf = ({ body }: Answer) =>
  JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
