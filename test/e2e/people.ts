/** People for the suite: new in each run, under a domain that nobody owns (RFC 2606). */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, post } from './requests.ts';

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}

export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  /** The access token as a request's header. */
  readonly bearer: { readonly authorization: string };
}

/** @throws Error when the service does not register them */
export async function register(name: string, more: object = {}): Promise<Person> {
  // SES accepts mail to its simulator everywhere, also in the sandbox, and with any label.
  const email = `success+${name}-${randomBytes(6).toString('hex')}@simulator.amazonses.com`;
  const password = randomBytes(12).toString('base64url');
  const { status, body } = await post('/v1/auth/register', { email, password, ...more });
  if (status !== 201) throw new Error(`register answered ${status} ${JSON.stringify(body)}`);
  return { userId: body.user_id, email, password };
}

/** @throws Error when the service does not log them in */
export async function login({ email, password }: Pick<Person, 'email' | 'password'>, device_name?: string) {
  return sessionOf('login', await post('/v1/auth/login', { email, password, device_name }));
}

/**
 * The next tokens of a session, which come a second apart (S68): a refusal says how long to wait, and is waited out once.
 * @param more what else the request holds
 * @throws Error when the service does not refresh it
 */
export async function refresh({ refreshToken: refresh_token }: Session, more: object = {}): Promise<Session> {
  const attempt = () => post('/v1/auth/refresh', { refresh_token, ...more });
  const answer = await attempt();
  if (answer.status !== 429) return sessionOf('refresh', answer);
  await sleep(Number(answer.headers['retry-after']) * 1000);
  return sessionOf('refresh', await attempt());
}

/** @throws Error when the answer holds no session */
export function sessionOf(what: string, { status, body }: Answer): Session {
  if (status !== 200) throw new Error(`${what} answered ${status} ${JSON.stringify(body)}`);
  const { access_token: accessToken, refresh_token: refreshToken, session_id: sessionId } = body;
  return { accessToken, refreshToken, sessionId, bearer: { authorization: `Bearer ${accessToken}` } };
}
