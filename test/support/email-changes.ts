/** Changes of address for tests. */
import type { Answer } from './answer.ts';
import { mailedToken } from './mailbox.ts';
import { newEmail, type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export const ADDRESS = '/v1/auth/email';

/** A person whose address is proved. */
export async function provedPerson(service: Service): Promise<Person> {
  const person = await registerAndLogin(service);
  await service.sql('update users set email_verified_at = now() where user_id = $1', [person.userId]);
  return person;
}

export const askFor = (service: Service, { bearer }: Pick<Person, 'bearer'>, email: string): Promise<Answer> =>
  service.post(ADDRESS, { email }, bearer);
export const confirm = (service: Service, token: string): Promise<Answer> =>
  service.post(`${ADDRESS}/confirm`, { token });
export const undo = (service: Service, token: string): Promise<Answer> => service.post(`${ADDRESS}/undo`, { token });

/** A change that is asked for, and its two links. */
export async function asked(service: Service, person: Person, to: string = newEmail()) {
  const { status, body } = await askFor(service, person, to);
  if (status !== 202) throw new Error(`a change of address answered ${JSON.stringify(body)}`);
  return {
    person,
    to,
    link: await mailedToken(service, to, 'change_email'),
    undoLink: await mailedToken(service, person.email, 'email_change_asked'),
  };
}

/** A change that is made. */
export async function changed(service: Service, person?: Person, to?: string) {
  const change = await asked(service, person ?? (await provedPerson(service)), to);
  const { status, body } = await confirm(service, change.link);
  if (status !== 200) throw new Error(`a new address answered ${JSON.stringify(body)}`);
  return { ...change, deviceToken: body.device_token as string };
}
