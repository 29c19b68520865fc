/** What clients of the service do. */
import { randomBytes } from 'node:crypto';
import type { Connection } from './http-client.ts';
import type { Act, Client } from './load.ts';

const password = 'correct horse battery staple';
const newEmail = () => `bench-${randomBytes(8).toString('hex')}@example.com`;

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

export async function register(connection: Connection, email = newEmail()): Promise<string> {
  await connection.send('POST', '/v1/auth/register', { body: { email, password }, expect: 201 });
  return email;
}

export async function login(connection: Connection, email: string): Promise<Tokens> {
  const { body } = await connection.send('POST', '/v1/auth/login', { body: { email, password } });
  return JSON.parse(body);
}

/** Each refresh uses the token that the previous one returned. */
export function refreshing(connection: Connection, first: Tokens): Act {
  let tokens = first;
  return async () => {
    const request = { body: { refresh_token: tokens.refresh_token } };
    tokens = JSON.parse((await connection.send('POST', '/v1/auth/refresh', request)).body);
  };
}

const newSession = async (connection: Connection) => login(connection, await register(connection));

export const serviceClients = {
  async register(connection) {
    return () => register(connection);
  },
  async login(connection) {
    const email = await register(connection);
    return () => login(connection, email);
  },
  async refresh(connection) {
    return refreshing(connection, await newSession(connection));
  },
  async me(connection) {
    const headers = { authorization: `Bearer ${(await newSession(connection)).access_token}` };
    return () => connection.send('GET', '/v1/auth/me', { headers });
  },
  async jwks(connection) {
    return () => connection.send('GET', '/.well-known/jwks.json');
  },
} satisfies Record<string, Client>;
