/** The public keys while KMS is busy or unreachable, or has another key than a moment ago. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { publishedKeys } from '../../functions/aws/published-keys.ts';
import { disableKey } from '../../functions/aws/signing-keys.ts';
import { remembered } from '../../functions/domain/key-lifecycle.ts';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  getJwks,
  HOUR,
  keysOf,
  MINUTE,
  metricsIn,
  newJwksFunction,
  newSettledStage,
  type newStage,
  pass,
  startKeyWorld,
  stopKeyWorld,
} from '../support/key-world.ts';

let endpoint: Endpoint;
let stage: ReturnType<typeof newStage>;
let written: MockInstance<typeof process.stdout.write>;
beforeAll(async () => {
  endpoint = await startKeyWorld();
});
afterAll(() => stopKeyWorld(endpoint));
beforeEach(async () => {
  stage = await newSettledStage();
  written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  endpoint.faults.clear();
  written.mockRestore();
});

const metrics = () => metricsIn(written);
const countOf = (name: string) => metrics().filter((metric) => metric === name).length;
const throttled = { code: 'ThrottlingException', message: 'Rate exceeded' };

async function callsDuring(work: () => Promise<unknown>) {
  endpoint.resetCalls();
  await work();
  return endpoint.calls();
}

describe('the public keys', () => {
  it('cost three calls to KMS when cold, none when warm', async () => {
    const jwks = await newJwksFunction();
    expect(await callsDuring(() => getJwks(jwks))).toEqual({ 'kms.GetPublicKey': 3 });
    expect(await callsDuring(() => getJwks(jwks))).toEqual({});
  });

  it('cost one fetch for all simultaneous requests', async () => {
    const jwks = await newJwksFunction();
    const calls = await callsDuring(() => Promise.all([getJwks(jwks), getJwks(jwks), getJwks(jwks)]));
    expect(calls).toEqual({ 'kms.GetPublicKey': 3 });
  });

  it('S45: have only public members', async () => {
    const keys = await getJwks(await newJwksFunction());
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('are served from memory while KMS is unreachable, which is tried now and then, logged and counted', async () => {
    const jwks = await newJwksFunction();
    const before = await getJwks(jwks);
    pass(MINUTE);
    endpoint.faults.order({
      service: 'kms',
      operation: '*',
      error: { code: 'KMSInternalException', status: 500 },
      times: null,
    });
    expect(await getJwks(jwks)).toEqual(before);
    expect(countOf('PublicKeysStale')).toBe(1);
    expect(await callsDuring(() => getJwks(jwks))).toEqual({});
    // CloudFront keeps no 503, so it asks again each time (lib/aws/edge.ts): the function must have the answer all day.
    pass(24 * HOUR);
    expect(await getJwks(jwks)).toEqual(before);
    endpoint.faults.clear();
    pass(11_000);
    expect(await callsDuring(() => getJwks(jwks))).toEqual({ 'kms.GetPublicKey': 3 });
  });

  it('that were never fetched are not an empty list but a 503, which a consumer does not keep', async () => {
    const keysOfStage = publishedKeys(stage.keeper.aliases);
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', error: throttled, times: null });
    await expect(keysOfStage()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(countOf('PublicKeysStale')).toBe(1);
    const refused = () => expect(keysOfStage()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await callsDuring(refused)).toEqual({});
    endpoint.faults.clear();
    pass(1_000);
    expect(await keysOfStage()).toHaveLength(2);
  });

  it('S44: hold a revoked key no longer than the functions may remember it', async () => {
    const jwks = await newJwksFunction();
    const before = await getJwks(jwks);
    const { active } = await keysOf(stage.keeper);
    await disableKey(stage.keeper, active?.keyId ?? '');
    pass(remembered.byFunctions * 1000);
    const after = await getJwks(jwks);
    expect(after).toHaveLength(1);
    expect(before).toContainEqual(after[0]);
  });

  it('S43: leave out a key that IAM does not know yet by its alias, but keep the others', async () => {
    const jwks = await newJwksFunction();
    // Twice: the SDK retries an error if its clock and the server's differ, and here they do.
    const denied = { code: 'AccessDeniedException' };
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', error: denied, times: 2 });
    expect(await getJwks(jwks)).toHaveLength(1);
  });
});
