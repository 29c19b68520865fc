/**
 * A stage's signing keys over months, on a clock that tests move: the real job, signer and JWKS route over the local
 * KMS, and consumers that keep the JWKS as long as they may and never fetch early.
 */
import type { KeyObject } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { expect, vi } from 'vitest';
import { type Signer, signer } from '../../functions/aws/signer.ts';
import { advanceKeys, deleteUnnamedKeys, type Keeper, readStageKeys } from '../../functions/aws/signing-keys.ts';
import { accessClaims } from '../../functions/domain/access-token.ts';
import type { OrgId, SessionId, UserId } from '../../functions/domain/ids.ts';
import { type KeyAges, keyAges, remembered } from '../../functions/domain/key-lifecycle.ts';
import { type Endpoint, startEndpoint } from '../../lib/local/aws/endpoint.ts';
import { kmsService } from '../../lib/local/aws/kms.ts';
import { generateRsaKey } from '../../lib/local/aws/kms-lifecycle.ts';
import { parseSettings } from '../../lib/service/config.ts';
import { defaultSettings } from './settings.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

type Send = KMSClient['send'];

/** Moves forward, never back. */
export function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

/** A KMS; the clock stands still until a test moves it. Stop it after use: {@link stopKeyWorld}. */
export async function startKeyWorld(): Promise<Endpoint> {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const endpoint = await startEndpoint({ port: 0, services: [kmsService({ newRsaKey: nextRsaKey })] });
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  return endpoint;
}

/** How many keys there are, used again and again: no stage has as many, and making one takes longer than most tests. */
function keysInTurn(count: number): () => Promise<KeyObject> {
  const made: Promise<KeyObject>[] = [];
  let given = 0;
  return async () => {
    const key = made[given % count] ?? generateRsaKey();
    made[given++ % count] = key;
    return key;
  };
}

const nextRsaKey = keysInTurn(12);

export function stopKeyWorld(endpoint: Endpoint): Promise<void> {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  return endpoint.close();
}

/** A client whose calls go through `around` first, which can cut them off or make them wait. */
export function clientThrough(around: (command: string, call: () => Promise<unknown>) => Promise<unknown>): KMSClient {
  const client = new KMSClient({ maxAttempts: 1 });
  const send = client.send.bind(client) as (...given: unknown[]) => Promise<unknown>;
  client.send = ((command: object, ...rest: unknown[]) =>
    around(command.constructor.name.replace(/Command$/, ''), () => send(command, ...rest))) as Send;
  return client;
}

/** The local one, as a principal. */
export const ACCOUNT = 'arn:aws:iam::000000000000:root';

let stages = 0;

/** A stage of its own in that KMS. */
export function newStage(more: { rotateDays?: number } = {}) {
  const stage = `stage${++stages}`;
  const { service } = parseSettings({ stage, service: { signingKeys: more } });
  const keeper: Keeper = {
    kms: new KMSClient({}),
    stage,
    aliases: `alias/identity-${stage}/`,
    account: async () => ACCOUNT,
    deletionDays: service.signingKeys.deletionDays,
  };
  vi.stubEnv('STAGE', stage);
  vi.stubEnv('SIGNING_KEY_ALIASES', keeper.aliases);
  return { keeper, ages: keyAges(service), tokenSeconds: service.accessTokenSeconds };
}

/** A stage whose keys have settled: one signs, and the next is published. */
export async function newSettledStage(): Promise<ReturnType<typeof newStage>> {
  const stage = newStage();
  await runJob(stage.keeper, stage.ages);
  pass(HOUR);
  await runJob(stage.keeper, stage.ages);
  pass(2 * DAY);
  return stage;
}

/** The names of the metrics in captured lines of a function, each as often as it was written. */
export const metricsIn = (written: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }): string[] =>
  written.mock.calls.flatMap(([line]) => Object.keys(JSON.parse(String(line))));

/** Runs what the scheduled job runs. */
export async function runJob(keeper: Keeper, ages: KeyAges) {
  const { steps } = await advanceKeys(keeper, ages, new Date());
  return { steps, deleted: await deleteUnnamedKeys(keeper, new Date()) };
}

export const keysOf = (keeper: Keeper) => readStageKeys(keeper);

/** A warm function of the newest stage that signs, with a memory of its own. */
export const newSigner = (): Signer => signer(process.env.SIGNING_KEY_ALIASES ?? '');
/** A token by one, as a request makes it. */
export const signBy = async ({ admit }: Signer): Promise<string> => admit()(newClaims());

const loadJwks = () => import('../../functions/routes/well-known/jwks.ts');
/** And one that publishes: its module. */
export async function newJwksFunction() {
  vi.resetModules();
  return loadJwks();
}

const subject = {
  user_id: '01900000-0000-7000-8000-000000000001' as UserId,
  email_verified: true,
  org_id: null as OrgId | null,
  roles: [],
  platform_roles: [],
};

const sessionId = '01900000-0000-7000-8000-000000000002' as SessionId;

export const newClaims = () =>
  accessClaims(
    subject,
    { sessionId, now: new Date(), level: { acr: 'urn:identity:acr:1', amr: ['pwd'] }, statusIndex: null },
    defaultSettings,
  );
export const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';

export async function getJwks({ handler }: Awaited<ReturnType<typeof loadJwks>>) {
  const event = {
    headers: {},
    routeKey: 'GET /.well-known/jwks.json',
    requestContext: { http: { method: 'GET', sourceIp: '127.0.0.1', userAgent: '' }, requestId: 'test' },
  } as unknown as APIGatewayProxyEventV2;
  const context = { getRemainingTimeInMillis: () => 15_000 } as Parameters<typeof handler>[1];
  const answer = (await handler(event, context)) as APIGatewayProxyStructuredResultV2;
  expect(answer.statusCode).toBe(200);
  return JSON.parse(answer.body ?? '').keys as JWK[];
}

/** A consumer that keeps the JWKS for a fixed time, whatever token it gets: the strictest case. */
function newConsumer(seconds: number, functions: readonly Awaited<ReturnType<typeof loadJwks>>[]) {
  let kept: { at: number; keys: JWK[] } | undefined;
  let turn = 0;
  return async (kid: string): Promise<JWK> => {
    if (!kept || Date.now() - kept.at >= seconds * 1000) {
      const jwks = functions[turn++ % functions.length];
      if (jwks) kept = { at: Date.now(), keys: await getJwks(jwks) };
    }
    const key = kept?.keys.find((candidate) => candidate.kid === kid);
    if (!key) throw new Error(`a consumer that may keep JWKS for ${seconds} s does not know the key of a valid token`);
    return key;
  };
}

/**
 * People who log in all the time, at functions of which some sleep for hours, and services that verify their tokens.
 * `check` fails at the first valid token that a service refuses.
 */
export async function newPlatform({ ages, tokenSeconds }: ReturnType<typeof newStage>) {
  const signers = [newSigner(), newSigner()];
  const functions = [await newJwksFunction(), await newJwksFunction()];
  const { maxAge, staleWhileRevalidate, staleIfError } = remembered.byConsumers;
  const consumers = [maxAge, maxAge + staleWhileRevalidate, maxAge + staleIfError, remembered.byApiGateway].map(
    (seconds) => newConsumer(seconds, functions),
  );
  let live: { token: string; expires: number }[] = [];
  const published = new Map<string, { first: number; last: number }>();
  const signed = new Map<string, { first: number; last: number }>();
  const note = (times: typeof signed, kid: string) =>
    times.set(kid, { first: times.get(kid)?.first ?? Date.now(), last: Date.now() });
  let logins = 0;

  return {
    published,
    signed,
    async check(): Promise<void> {
      const [busy, sleepy] = signers;
      const awake = ++logins % 7 === 0 ? sleepy : busy;
      if (!awake) throw new Error('no signer');
      const token = await signBy(awake);
      live = [
        ...live.filter(({ expires }) => expires > Date.now()),
        { token, expires: Date.now() + tokenSeconds * 1000 },
      ];
      note(signed, kidOf(token));
      const jwks = functions[logins % functions.length];
      if (!jwks) throw new Error('no function');
      const keys = await getJwks(jwks);
      expect(keys.length).toBeLessThanOrEqual(3);
      for (const { kid = '' } of keys) note(published, kid);
      for (const kid of new Set(live.map(({ token: valid }) => kidOf(valid)))) {
        for (const find of consumers) await find(kid);
      }
      const [find] = consumers;
      if (find) await jwtVerify(token, await importJWK(await find(kidOf(token)), 'RS256'), { currentDate: new Date() });
    },
    /** Key ids in the order in which the keys signed. Each but the first was published long enough before. */
    expectPublishedAhead(): string[] {
      const kids = [...signed.keys()];
      for (const kid of kids.slice(1)) {
        const ahead = (signed.get(kid)?.first ?? 0) - (published.get(kid)?.first ?? Number.POSITIVE_INFINITY);
        expect(ahead).toBeGreaterThanOrEqual(ages.publishAhead);
      }
      return kids;
    },
    /** A key leaves the JWKS when nothing that it signed is valid any more, and within minutes of that. */
    expectRetired(kids: readonly string[]): void {
      for (const kid of kids) {
        const longer = (published.get(kid)?.last ?? 0) - (signed.get(kid)?.last ?? 0);
        expect(longer).toBeGreaterThanOrEqual(tokenSeconds * 1000);
        expect(longer).toBeLessThanOrEqual(tokenSeconds * 1000 + 10 * MINUTE);
      }
    },
  };
}
