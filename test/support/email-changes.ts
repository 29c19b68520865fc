/** Changes of address for tests. */
import type { Answer } from './answer.ts';
import { mailedToken } from './mailbox.ts';
import { proveAddress } from './organizations.ts';
import { newEmail, type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export const ADDRESS = '/v1/auth/email';

/** With limits on, as strangers meet them, but for those of the one address that all tests come from. */
export const LIMITED = {
  rateLimiting: 'on',
  rateLimits: {
    registerPerIp: { limit: 1000 },
    loginPerIp: { limit: 1000 },
    mailPerIp: { limit: 1000 },
    tokenGuessPerIp: { limit: 1000 },
  },
} as const;

/** What a link answers that no longer works. */
export const dead = { status: 400, body: { code: 'VERIFICATION_TOKEN_INVALID' } };

export const addressOf = async (service: Service, { bearer }: Pick<Person, 'bearer'>) =>
  (await service.get(ADDRESS, bearer)).body;
export const eventsOf = async (service: Service, topic: string, { userId }: Person) =>
  (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);
export const changesOf = (service: Service, person: Person) =>
  eventsOf(service, 'huleedu.identity.email.changed.v1', person);
export const actionsOf = async (service: Service, { userId }: Person) =>
  (
    await service.sql(`select action from audit_log where user_id = $1 and action like 'email.%' order by entry_id`, [
      userId,
    ])
  ).map(({ action }) => action);

/** A person whose address is proved. */
export async function provedPerson(service: Service): Promise<Person> {
  const person = await registerAndLogin(service);
  await proveAddress(service, person);
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
