/** What clients of better-auth do, under the service's names for it. */
import { randomBytes } from 'node:crypto';
import type { Connection } from './http-client.ts';
import type { Client } from './load.ts';

const password = 'correct horse battery staple';
const newEmail = () => `bench-${randomBytes(8).toString('hex')}@example.com`;

const register = async (connection: Connection, email = newEmail()) => {
  await connection.send('POST', '/api/auth/sign-up/email', { body: { email, password, name: 'Bench' } });
  return email;
};

const login = (connection: Connection, email: string) =>
  connection.send('POST', '/api/auth/sign-in/email', { body: { email, password } });

/** The request headers of a client that is signed in. */
async function session(connection: Connection) {
  const { headers } = await login(connection, await register(connection));
  const cookies = [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0]);
  return { headers: { cookie: cookies.join('; ') } };
}

export const betterAuthClients = {
  async register(connection) {
    return () => register(connection);
  },
  async login(connection) {
    const email = await register(connection);
    return () => login(connection, email);
  },
  /** Reads the session and mints a token: a refresh does the same. */
  async refresh(connection) {
    const signedIn = await session(connection);
    return () => connection.send('GET', '/api/auth/token', signedIn);
  },
  async me(connection) {
    const signedIn = await session(connection);
    return () => connection.send('GET', '/api/auth/get-session', signedIn);
  },
  async jwks(connection) {
    await connection.send('GET', '/api/auth/jwks');
    return () => connection.send('GET', '/api/auth/jwks');
  },
} satisfies Record<string, Client>;
