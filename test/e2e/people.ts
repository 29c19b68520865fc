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
  return sessionOf('login', await inTime(() => post('/v1/auth/login', { email, password, device_name })));
}

/**
 * The next tokens of a session. The service gives them a second apart (S68).
 * @param more what else the request holds
 * @throws Error when the service does not refresh it
 */
export async function refresh({ refreshToken: refresh_token }: Session, more: object = {}): Promise<Session> {
  return sessionOf('refresh', await inTime(() => post('/v1/auth/refresh', { refresh_token, ...more })));
}

/** Does as the service asks when it refuses something for now: waits, a minute at most, and tries once more. */
export async function inTime(attempt: () => Promise<Answer>): Promise<Answer> {
  const answer = await attempt();
  const seconds = Number(answer.headers['retry-after']);
  if (answer.status !== 429 || seconds > 60) return answer;
  await sleep(seconds * 1000);
  return attempt();
}

/** @throws Error when the answer holds no session */
export function sessionOf(what: string, { status, body }: Answer): Session {
  if (status !== 200) throw new Error(`${what} answered ${status} ${JSON.stringify(body)}`);
  const { access_token: accessToken, refresh_token: refreshToken, session_id: sessionId } = body;
  return { accessToken, refreshToken, sessionId, bearer: { authorization: `Bearer ${accessToken}` } };
}
