/** People for the suite: new in each run, under a domain that nobody owns (RFC 2606). */
import { randomBytes } from 'node:crypto';
import { post } from './requests.ts';

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
  const { status, body } = await post('/v1/auth/login', { email, password, device_name });
  if (status !== 200) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
  return sessionOf(body);
}

interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly session_id: string;
}

export const sessionOf = ({ access_token, refresh_token, session_id }: TokenBody): Session => ({
  accessToken: access_token,
  refreshToken: refresh_token,
  sessionId: session_id,
  bearer: { authorization: `Bearer ${access_token}` },
});
