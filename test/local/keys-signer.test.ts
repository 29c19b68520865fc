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
import type { Signer } from '../../functions/aws/signer.ts';
import { disableKey } from '../../functions/aws/signing-keys.ts';
import { remembered } from '../../functions/domain/key-lifecycle.ts';
import type { Problem } from '../../functions/domain/problem.ts';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  ACCOUNT,
  DAY,
  getJwks,
  HOUR,
  keysOf,
  kidOf,
  MINUTE,
  newJwksFunction,
  newSigner,
  newStage,
  pass,
  runJob,
  signBy,
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
const countOf = (name: string) => metrics().filter((metric) => metric === name).length;
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
    const signer = newSigner();
    await signBy(signer);
    expect(await callsDuring(() => signBy(signer))).toEqual({ 'kms.Sign': 1 });
  });

  it('looks up the active key again beside a request, which does not wait for it', async () => {
    const signer = newSigner();
    const before = kidOf(await signBy(signer));
    await promote();
    pass(-4 * MINUTE);
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', delay_ms: 200 });
    expect(kidOf(await signBy(signer))).toBe(before);
    await vi.waitFor(async () => expect(kidOf(await signBy(signer))).not.toBe(before));
  });

  it('S43: after a long sleep, first asks which key is active', async () => {
    const signer = newSigner();
    const before = kidOf(await signBy(signer));
    await promote();
    expect(kidOf(await signBy(signer))).not.toBe(before);
  });

  it('S44: a key that is disabled in use costs no login: the next one signs', async () => {
    const signer = newSigner();
    const before = kidOf(await signBy(signer));
    const { active } = await keysOf(stage.keeper);
    await disableKey(stage.keeper, active?.keyId ?? '');
    const [token] = await Promise.all([signBy(signer), runJob(stage.keeper, stage.ages)]);
    expect(kidOf(token)).not.toBe(before);
  });

  it('continues after KMS was busy for a moment, and counts how often', async () => {
    const signer = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: 2 });
    expect(await callsDuring(() => signBy(signer))).toMatchObject({ 'kms.Sign': 3 });
    expect(countOf('SigningThrottled')).toBe(2);
    expect(countOf('SigningErrors')).toBe(0);
  });

  it('continues after the connection broke when KMS had signed', async () => {
    const signer = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', drop: true, after: true });
    await expect(signBy(signer)).resolves.toMatch(/^ey/);
    expect(countOf('SigningErrors')).toBe(1);
  });

  it('gives up after three calls when KMS stays busy, and tells the client to come again', async () => {
    const signer = newSigner();
    await signBy(signer);
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: null });
    const calls = await callsDuring(async () => {
      const refusal = await signBy(signer).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect((refusal as Problem).retryAfter).toBeGreaterThanOrEqual(1);
    });
    expect(calls).toEqual({ 'kms.Sign': 3 });
  });

  it('gives up after three calls when KMS does not give the key, either', async () => {
    const signer = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', error: throttled, times: null });
    const calls = await callsDuring(() =>
      expect(signBy(signer)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' }),
    );
    expect(calls).toEqual({ 'kms.GetPublicKey': 3 });
  });

  it('gives up within the request’s time when KMS does not answer', async () => {
    const signer = newSigner();
    await signBy(signer);
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: null });
    let time = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 4_000));
    onTestFinished(() => clock.mockRestore());
    const calls = await callsDuring(() =>
      expect(signBy(signer)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' }),
    );
    expect(calls['kms.Sign']).toBeLessThan(3);
  });

  it('counts as an error, for the alarm, when KMS denies the key for good, but not once for a key that went', async () => {
    const signer = newSigner();
    await signBy(signer);
    const denied = { code: 'AccessDeniedException' };
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: denied });
    await signBy(signer);
    expect(countOf('SigningErrors')).toBe(0);

    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: denied, times: null });
    const calls = await callsDuring(() =>
      expect(signBy(signer)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' }),
    );
    expect(calls).toMatchObject({ 'kms.Sign': 3 });
    expect(countOf('SigningErrors')).toBe(2);
  });

  it('does not ask again at each request when the look-up beside a request failed', async () => {
    const signer = newSigner();
    await signBy(signer);
    pass(MINUTE + 1);
    endpoint.faults.order({ service: 'kms', operation: 'GetPublicKey', error: throttled, times: null });
    await signBy(signer);
    await vi.waitFor(() => expect(String(written.mock.calls)).toContain('could not be looked up again'));
    expect(await callsDuring(() => signBy(signer))).toEqual({ 'kms.Sign': 1 });
    endpoint.faults.clear();
    pass(11_000);
    await signBy(signer);
    await vi.waitFor(() => expect(endpoint.calls()).toMatchObject({ 'kms.GetPublicKey': 1 }));
  });
});

describe('while KMS refuses most signatures', () => {
  /** Requests one after the other, as a function has them. */
  async function requests(signer: Signer, count: number) {
    const outcomes: unknown[] = [];
    for (let n = 0; n < count; n++)
      outcomes.push(
        await signBy(signer).then(
          () => 'signed',
          () => 'refused',
        ),
      );
    return outcomes;
  }

  it('a function refuses most requests without a call, lets some find out, and serves all when KMS does', async () => {
    const signer = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: null });
    const calls = await callsDuring(() => requests(signer, 15));
    expect(calls['kms.Sign']).toBeLessThan(3 * 15);
    expect(countOf('SigningShed')).toBeGreaterThan(0);

    endpoint.faults.clear();
    expect(await requests(signer, 100)).toContain('signed');
    pass(20_000);
    expect(new Set(await requests(signer, 10))).toEqual(new Set(['signed']));
  });

  it('a single request that was refused makes no other wait or fail', async () => {
    const signer = newSigner();
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: throttled, times: 3 });
    expect(await requests(signer, 1)).toEqual(['refused']);
    expect(new Set(await requests(signer, 20))).toEqual(new Set(['signed']));
    expect(countOf('SigningShed')).toBe(0);
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
