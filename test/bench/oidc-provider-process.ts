/**
 * oidc-provider (npm) on node:http, with a PostgreSQL of the same binaries and settings, and RS256. Installed below
 * `.build` when the bench asks for it: no program of ours and no other test needs it.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { repoRoot } from '../../lib/build/bundle.ts';
import { startPostgres } from '../../lib/local/postgres.ts';
import { challengeOf } from '../support/oauth.ts';
import { redirectUri, registered, verifier } from './oauth-clients.ts';
import { oidcPayloads } from './oidc-provider-payloads.ts';
import { serveUntilToldToStop } from './processes.ts';

const VERSION = '9.13.3';
const installed = join(repoRoot, '.build/peers', `oidc-provider-${VERSION}`);
const entry = join(installed, 'node_modules/oidc-provider/lib/index.js');
if (!existsSync(entry)) {
  mkdirSync(installed, { recursive: true });
  const options = ['--prefix', installed, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options, `oidc-provider@${VERSION}`], { stdio: ['ignore', 'ignore', 'inherit'] });
}
const { Provider } = await import(entry);

const directory = await mkdtemp(join(tmpdir(), 'bench-oidc-provider-'));
const { host, port, superuser, stop } = await startPostgres({ directory });
const pool = new pg.Pool({ host, port, ...superuser, database: 'postgres', max: 20 });
pool.on('error', () => {});
const adapter = await oidcPayloads(pool);
await pool.query('create table people (user_id uuid primary key, email text not null)');

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const [resource = ''] = registered.audiences;
const secret = 'a secret of the bench, which nothing depends on'.replaceAll(/[ ,]/g, '-');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(url, {
  adapter,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] },
  clients: [
    {
      client_id: registered.clientId,
      client_secret: secret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  pkce: { required: () => true },
  claims: { email: ['email'] },
  features: {
    devInteractions: { enabled: false },
    // So that its access token is a JWT too: it is opaque by default, and in the database.
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: '',
        audience: resource,
        accessTokenTTL: 900,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: { AuthorizationCode: 3600, IdToken: 900, RefreshToken: 86_400, Grant: 86_400 },
  async findAccount(_: unknown, sub: string) {
    const { rows } = await pool.query({
      name: 'person',
      text: 'select email from people where user_id = $1',
      values: [sub],
    });
    return { accountId: sub, claims: () => ({ sub, email: rows[0]?.email }) };
  },
});

/** As its authorization endpoint makes them for somebody who has consented. */
async function newCodes(count: number): Promise<string[]> {
  const accountId = randomUUID();
  await pool.query('insert into people values ($1, $2)', [accountId, `${accountId}@example.com`]);
  const client = await provider.Client.find(registered.clientId);
  const grant = new provider.Grant({ clientId: registered.clientId, accountId });
  const scope = registered.scopes.join(' ');
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const codes: string[] = [];
  for (let made = 0; made < count; made++) {
    const code = new provider.AuthorizationCode({
      ...{ accountId, client, grantId, scope, resource, redirectUri, gty: 'authorization_code', nonce: 'a nonce' },
      ...{ acr: 'urn:identity:acr:1', amr: ['pwd'], authTime: Math.floor(Date.now() / 1000) },
      ...{ codeChallenge: challengeOf(verifier), codeChallengeMethod: 'S256' },
    });
    codes.push(await code.save());
  }
  return codes;
}

const answer = provider.callback();
server.on('request', (request, response) => {
  const count = /^\/codes\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (count === undefined) return void answer(request, response);
  newCodes(Number(count)).then(
    (codes) => response.end(JSON.stringify(codes)),
    (error) => response.writeHead(500).end(String(error)),
  );
});

serveUntilToldToStop(
  {
    url,
    basic: `Basic ${Buffer.from(`${registered.clientId}:${secret}`).toString('base64')}`,
    connectionString: `postgres://${superuser.user}:${superuser.password}@${host}:${port}/postgres`,
  },
  async () => {
    server.closeAllConnections();
    await pool.end();
    await stop();
    await rm(directory, { recursive: true, force: true });
  },
);
