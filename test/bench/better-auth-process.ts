/** better-auth on node:http, with a PostgreSQL of the same binaries and settings. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import pg from 'pg';
import { nativeArgon2 } from '../../functions/domain/argon2.ts';
import { startPostgres } from '../../lib/local/postgres.ts';
import { parseSettings } from '../../lib/service/config.ts';
import { serveUntilToldToStop } from './processes.ts';

const { passwordHasher } = JSON.parse(process.argv[2] ?? '{}') as { passwordHasher: 'default' | 'native' };
const directory = await mkdtemp(join(tmpdir(), 'bench-better-auth-'));
const { host, port, superuser, stop } = await startPostgres({ directory });
const pool = new pg.Pool({ host, port, ...superuser, database: 'postgres', max: 20 });
pool.on('error', () => {});

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const options: BetterAuthOptions = {
  baseURL: url,
  secret: 'a secret of the bench, which nothing depends on',
  database: pool,
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  logger: { level: 'error' },
  emailAndPassword: {
    enabled: true,
    ...(passwordHasher === 'native' ? { password: await argon2() } : {}),
  },
  // By default it mints a token at every read of the session; GET /v1/auth/me does no such work.
  plugins: [jwt({ disableSettingJwtHeader: true })],
};
await (await getMigrations(options)).runMigrations();
server.on('request', toNodeHandler(betterAuth(options)));

serveUntilToldToStop(
  { url, connectionString: `postgres://${superuser.user}:${superuser.password}@${host}:${port}/postgres` },
  async () => {
    server.closeAllConnections();
    await pool.end();
    await stop();
    await rm(directory, { recursive: true, force: true });
  },
);

/** The service's own hasher and parameters. */
async function argon2() {
  const { argon2: parameters } = parseSettings({ stage: 'bench' }).service;
  const native = await nativeArgon2();
  return {
    hash: (password: string) => native.hash(password, { ...parameters, salt: randomBytes(16) }),
    verify: ({ password, hash }: { password: string; hash: string }) => native.verify(password, hash),
  };
}
