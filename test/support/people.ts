/** People for tests: each with an address of their own and a session. */
import { randomBytes } from 'node:crypto';
import type { Service } from './service.ts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  /** The access token as a request's header. */
  readonly bearer: { readonly authorization: string };
}

export interface Person extends Tokens {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  /** A second session. */
  loginAgain(more?: object, headers?: Record<string, string>): Promise<Tokens>;
}

export const newEmail = () => `person-${randomBytes(6).toString('hex')}@example.com`;

/** @throws Error when the registration or the login fails */
export async function registerAndLogin(service: Service, more: { email?: string; [field: string]: unknown } = {}) {
  const person = { email: newEmail(), password: 'correct horse battery staple', ...more };
  const registered = await service.post('/v1/auth/register', person);
  if (registered.status !== 201) throw new Error(`register answered ${JSON.stringify(registered.body)}`);
  const loginAgain = (extra: object = {}, headers: Record<string, string> = {}) =>
    login(service, { email: person.email, password: person.password, ...extra }, headers);
  const tokens = await loginAgain();
  return {
    userId: registered.body.user_id as string,
    email: person.email,
    password: person.password,
    ...tokens,
    loginAgain,
  } satisfies Person;
}

/** @throws Error when the login fails */
export async function login(service: Service, body: object, headers: Record<string, string> = {}): Promise<Tokens> {
  const answer = await service.post('/v1/auth/login', body, headers);
  if (answer.status !== 200) throw new Error(`login answered ${JSON.stringify(answer.body)}`);
  const { access_token, refresh_token, session_id } = answer.body;
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    sessionId: session_id,
    bearer: { authorization: `Bearer ${access_token}` },
  };
}
