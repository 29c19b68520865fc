/** Clients that are told of logouts, each by a server of its own path on this machine, and who verify what they are told. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { type ClientWishes, newClient, type TestClient } from './clients.ts';
import { exchange, newCode } from './grants.ts';
import { type SignedIn, signedInBrowser } from './oauth.ts';
import type { Service } from './service.ts';

/** What a client's server answers; null: nothing, ever. */
type Answer = number | null | (() => number | null | Promise<number | null>);

export interface ToldClient extends TestClient {
  /** The logout tokens that came, verified as OpenID Connect Back-Channel Logout 1.0 §2.6 has it, whatever was answered. */
  told(): JWTPayload[];
  answers: Answer;
}

export interface ToldClients {
  /** `host:port`, for LOCAL_FETCH_ALLOW. */
  readonly host: string;
  /** What was no valid logout token, and why. */
  readonly faults: unknown[];
  /** Of their servers' clocks, seconds. */
  clockOffset: number;
  add(service: Service, wishes?: ClientWishes): Promise<ToldClient>;
  close(): void;
}

export async function toldClients(): Promise<ToldClients> {
  const faults: unknown[] = [];
  const byPath = new Map<string, (form: string) => Promise<number | null>>();
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    const status = await byPath.get(path)?.(Buffer.concat(chunks).toString());
    if (status === undefined) faults.push(`nothing is at ${path}`);
    if (status === 302) response.setHeader('location', '/elsewhere');
    if (status !== null) response.writeHead(status ?? 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;

  async function add(service: Service, wishes: ClientWishes = {}): Promise<ToldClient> {
    const path = `/${crypto.randomUUID()}`;
    const scopes = ['openid', 'offline_access'];
    const made = { scopes, backchannel_logout_uri: `http://${host}${path}`, ...wishes };
    const client = await newClient(service, 'confidential', made);
    const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
    const told: JWTPayload[] = [];
    const app: ToldClient = { ...client, told: () => told, answers: 200 };
    byPath.set(path, async (form) => {
      try {
        const token = new URLSearchParams(form).get('logout_token') ?? '';
        const now = new Date(Date.now() + all.clockOffset * 1000);
        told.push(await verified(token, keys, { issuer: service.url, audience: client.clientId, currentDate: now }));
      } catch (error) {
        faults.push(error);
      }
      return typeof app.answers === 'function' ? app.answers() : app.answers;
    });
    return app;
  }
  const all: ToldClients = {
    host,
    faults,
    clockOffset: 0,
    add,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return all;
}

async function verified(token: string, keys: ReturnType<typeof createRemoteJWKSet>, expected: JWTVerifyOptions) {
  const { payload } = await jwtVerify(token, keys, {
    ...expected,
    typ: 'logout+jwt',
    algorithms: ['RS256'],
    requiredClaims: ['iat', 'exp', 'jti', 'sub', 'sid', 'events'],
    maxTokenAge: 120,
  });
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  if (JSON.stringify(payload.events) !== JSON.stringify(events)) throw new Error('other events');
  if ('nonce' in payload) throw new Error('a nonce');
  if ((payload.exp ?? 0) - (payload.iat ?? 0) > 120) throw new Error('too long');
  return payload;
}

/** A browser in which the person is signed in, there and at these clients. */
export async function signedInAt(
  service: Service,
  person: { readonly userId: string },
  clients: readonly TestClient[],
  { browser, scope = ['openid'] }: { readonly browser?: SignedIn; readonly scope?: readonly string[] } = {},
): Promise<SignedIn & { readonly tokens: readonly { readonly id_token: string; readonly refresh_token: string }[] }> {
  const signedIn = browser ?? (await signedInBrowser(service, person));
  const tokens = [];
  for (const client of clients) {
    const code = await newCode(service, person, client, { browser: { ...signedIn, hash: Buffer.of() }, scope });
    const { status, body } = await exchange(service, client, code);
    if (status !== 200) throw new Error(`the exchange answered ${JSON.stringify(body)}`);
    tokens.push(body);
  }
  return { ...signedIn, tokens };
}
