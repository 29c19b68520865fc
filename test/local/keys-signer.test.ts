/** Signing while KMS is slow, busy or unreachable, or has another key than a moment ago. */

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
import type { Signer } from '../../functions/aws/signer.ts';
import { signingKeyPolicy } from '../../functions/aws/signing-key-policy.ts';
import { disableKey } from '../../functions/aws/signing-keys.ts';
import type { Problem } from '../../functions/domain/problem.ts';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  ACCOUNT,
  keysOf,
  kidOf,
  MINUTE,
  metricsIn,
  newSettledStage,
  newSigner,
  type newStage,
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

  it('S52: tells what no time mends from what may pass, for an alarm at the first time', async () => {
    const signer = newSigner();
    await signBy(signer);
    for (const code of ['InternalFailure', 'KMSInternalException']) {
      endpoint.faults.order({ service: 'kms', operation: 'Sign', error: { code, status: 500 } });
    }
    await signBy(signer);
    expect([countOf('SigningErrors'), countOf('SigningDenied')]).toEqual([2, 0]);
    // Of a key that was replaced: its successor signs.
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: { code: 'AccessDeniedException' } });
    await signBy(signer);
    expect(countOf('SigningDenied')).toBe(0);
    endpoint.faults.order({ service: 'kms', operation: 'Sign', error: { code: 'AccessDeniedException' }, times: null });
    await expect(signBy(signer)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(countOf('SigningDenied')).toBeGreaterThan(0);
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
