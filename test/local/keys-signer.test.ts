/** Signing and the public keys while KMS is slow, busy or unreachable, or has another key than a moment ago. */

import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  onTestFinished,
  vi,
} from 'vitest';
import { publishedKeys } from '../../functions/aws/published-keys.ts';
import { signingKeyPolicy } from '../../functions/aws/signing-key-policy.ts';
import { disableKey } from '../../functions/aws/signing-keys.ts';
import { remembered } from '../../functions/domain/key-lifecycle.ts';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  ACCOUNT,
  DAY,
  getJwks,
  HOUR,
  keysOf,
  kidOf,
  MINUTE,
  newClaims,
  newJwksFunction,
  newSigner,
  newStage,
  pass,
  runJob,
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
  stage = newStage();
  await runJob(stage.keeper, stage.ages);
  pass(HOUR);
  await runJob(stage.keeper, stage.ages);
  pass(2 * DAY);
  written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  endpoint.faults.clear();
  written.mockRestore();
});

const metrics = () => written.mock.calls.flatMap(([line]) => Object.keys(JSON.parse(String(line))));
const throttled = { code: 'ThrottlingException', message: 'Rate exceeded' };

/** Takes the waiting key into use: in two runs, since the first step must be known everywhere in KMS. */
async function promote() {
  await runJob(stage.keeper, { ...stage.ages, rotate: 0 });
  pass(5 * MINUTE);
  await runJob(stage.keeper, stage.ages);
}

async function callsDuring(work: () => Promise<unknown>) {
  endpoint.resetCalls();
  await work();
  return endpoint.calls();
}

describe('signing', () => {
  it('takes one call to KMS a token, when warm', async () => {
    const { sign } = newSigner();
    await sign(newClaims());
    expect(await callsDuring(() => sign(newClaims()))).toEqual({ 'kms.Sign': 1 });
  });

  it('looks up the active key again beside a request, which does not wait for it', async () => {
    const { sign } = newSigner();
    const before = kidOf(await sign(newClaims()));
    await promote();
    pass(-4 * MINUTE);
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', delay_ms: 200 });
    expect(kidOf(await sign(newClaims()))).toBe(before);
    await vi.waitFor(async () => expect(kidOf(await sign(newClaims()))).not.toBe(before));
  });

  it('S43: after a long sleep, first asks which key is active', async () => {
    const { sign } = newSigner();
    const before = kidOf(await sign(newClaims()));
    await promote();
    expect(kidOf(await sign(newClaims()))).not.toBe(before);
  });

  it('S44: a key that is disabled in use costs no login: the next one signs', async () => {
    const { sign } = newSigner();
    const before = kidOf(await sign(newClaims()));
    const { active } = await keysOf(stage.keeper);
    await disableKey(stage.keeper, active?.keyId ?? '');
    const [token] = await Promise.all([sign(newClaims()), runJob(stage.keeper, stage.ages)]);
    expect(kidOf(token)).not.toBe(before);
  });

  it('continues after KMS was busy for a moment, and counts how often', async () => {
    const { sign } = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: 2 });
    await expect(sign(newClaims())).resolves.toMatch(/^ey/);
    expect(metrics().filter((name) => name === 'SigningThrottled')).toHaveLength(2);
  });

  it('continues after the connection broke when KMS had signed', async () => {
    const { sign } = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', drop: true, after: true });
    await expect(sign(newClaims())).resolves.toMatch(/^ey/);
    expect(metrics()).toContain('SigningErrors');
  });

  it('gives up within the request’s time when KMS stays busy, with Retry-After', async () => {
    const { sign } = newSigner();
    await sign(newClaims());
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: null });
    let time = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 2_000));
    onTestFinished(() => clock.mockRestore());
    await expect(sign(newClaims())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 2 });
  });
});

it('S42: every key is made with the policy that lets the stage’s signing roles sign, and nobody else', async () => {
  for (const { keyId } of Object.values(await keysOf(stage.keeper))) {
    const { Policy } = await stage.keeper.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
    expect(Policy).toBe(signingKeyPolicy(stage.keeper.stage, ACCOUNT));
  }
});

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
    expect(metrics()).toContain('PublicKeysStale');
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
