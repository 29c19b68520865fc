/** HMAC keys in a function's memory, on a clock that the test moves: rotated, dropped, and unreachable (S71). */
import {
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { hmacKeys } from '../../functions/aws/hmac-keys.ts';
import type { HmacKeys } from '../../functions/domain/key-versions.ts';
import { type Endpoint, startEndpoint } from '../../lib/local/aws/endpoint.ts';
import { secretsManagerService } from '../../lib/local/aws/secrets-manager.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

let endpoint: Endpoint;
let client: SecretsManagerClient;
let written: MockInstance<typeof process.stdout.write>;
let values = 0;
/** One warm function, with a memory of its own. */
const newFunction = (): HmacKeys => hmacKeys('refresh-chain', 'chain');

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
  endpoint = await startEndpoint({ port: 0, services: [secretsManagerService({ now: () => new Date() })] });
  const environment = {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: 'eu-north-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    STAGE: 'local',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  client = new SecretsManagerClient({});
  const { CreateSecretCommand } = await import('@aws-sdk/client-secrets-manager');
  await client.send(new CreateSecretCommand({ Name: 'chain', SecretString: newValue() }));
});
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await endpoint.close();
});
beforeEach(async () => {
  await drop();
  pass(60 * MINUTE);
  written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  endpoint.faults.clear();
  written.mockRestore();
});

const newValue = () => JSON.stringify({ key: `key-${++values}` });
const rotate = () => client.send(new PutSecretValueCommand({ SecretId: 'chain', SecretString: newValue() }));
async function drop(): Promise<void> {
  const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'chain' }));
  const previous = Versions.find(({ VersionStages }) => VersionStages?.includes('AWSPREVIOUS'));
  if (!previous) return;
  const removed = { VersionStage: 'AWSPREVIOUS', RemoveFromVersionId: previous.VersionId };
  await client.send(new UpdateSecretVersionStageCommand({ SecretId: 'chain', ...removed }));
}
const keysOf = async (warm: HmacKeys) => (await warm.keys()).map(String);
const calls = () => endpoint.calls()['secretsmanager.GetSecretValue'] ?? 0;
/** Waits until the work that a request began beside itself is done. */
const settled = () => vi.waitFor(() => expect(endpoint.calls()).not.toEqual({}), { timeout: 10_000 });

describe('S71: a dropped key', () => {
  it('is accepted by no warm function five minutes later, nor by one that did nothing meanwhile', async () => {
    const [busy, idle] = [newFunction(), newFunction()];
    await rotate();
    pass(30 * MINUTE);
    const [made, leaked] = [`key-${values}`, `key-${values - 1}`];
    expect([await keysOf(busy), await keysOf(idle)]).toEqual([
      [made, leaked],
      [made, leaked],
    ]);
    await drop();
    for (let second = 0; second < 300; second += 10) {
      await keysOf(busy);
      pass(10 * SECOND);
    }
    expect(await keysOf(busy)).toEqual([made]);
    expect(await keysOf(idle)).toEqual([made]);
  });
});

describe('a key', () => {
  it('costs no request a call, and is fetched again beside a request', async () => {
    // So that none is missing: the SDK retries an error when the clock has jumped.
    await rotate();
    const warm = newFunction();
    await warm.keys();
    endpoint.resetCalls();
    for (let request = 0; request < 100; request++) await warm.keys();
    expect(calls()).toBe(0);
    pass(3 * MINUTE);
    for (let request = 0; request < 100; request++) await warm.keys();
    await settled();
    // Its two versions, once for all requests.
    expect(calls()).toBe(2);
  });

  it('is fetched at most once in 30 s because of garbage', async () => {
    await rotate();
    const warm = newFunction();
    await warm.keys();
    endpoint.resetCalls();
    pass(31 * SECOND);
    expect(await warm.refetched()).toHaveLength(2);
    for (let request = 0; request < 100; request++) expect(await warm.refetched()).toBeNull();
    expect(calls()).toBe(2);
  });

  it('S9: makes MACs with one version in all functions at any moment, and each accepts all MACs', async () => {
    const functions = Array.from({ length: 4 }, newFunction);
    await Promise.all(functions.map((one) => one.keys()));
    pass(100 * SECOND);
    await rotate();
    functions.push(newFunction());
    const makers = new Set<string>();
    for (let step = 0; step < 40; step++) {
      // The first few are busy; the others get a request now and then.
      const awake = functions.filter((_, index) => index < 2 || step % (index * 7) === 0);
      const known = await Promise.all(awake.map(keysOf));
      const making = new Set(known.map(([first]) => first ?? ''));
      expect(making.size, `${step * 10} s after the rotation`).toBe(1);
      for (const maker of making) {
        makers.add(maker);
        for (const keys of known) expect(keys).toContain(maker);
      }
      pass(10 * SECOND);
    }
    expect([...makers]).toEqual([`key-${values - 1}`, `key-${values}`]);
  });
});

// The last test, as its calls are still being retried when it ends.
it('S71: a key that may have been dropped is not accepted without an answer: the client gets Retry-After', async () => {
  const warm = newFunction();
  await warm.keys();
  endpoint.faults.order({
    service: 'secretsmanager',
    operation: 'GetSecretValue',
    error: { code: 'InternalServiceError', status: 500 },
    times: null,
  });
  pass(239 * SECOND);
  expect(await keysOf(warm)).toHaveLength(1);
  pass(SECOND);
  await expect(warm.keys()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await warm.refetched()).toBeNull();
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)));
  expect(lines).toContainEqual(expect.objectContaining({ SecretsUnavailable: 1 }));
  endpoint.faults.clear();
  expect(await keysOf(warm)).toHaveLength(1);
});
