/** The rotation job, killed at any of its writes or run twice at once, causes no fault (S43). */

import { createPublicKey } from 'node:crypto';
import {
  DescribeKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchPublicKeys } from '../../functions/aws/public-keys.ts';
import { type Keeper, retireKeys } from '../../functions/aws/signing-keys.ts';
import type { KeyAges } from '../../functions/domain/key-lifecycle.ts';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  clientThrough,
  DAY,
  HOUR,
  keysOf,
  MINUTE,
  newPlatform,
  newStage,
  pass,
  runJob,
  startKeyWorld,
  stopKeyWorld,
} from '../support/key-world.ts';

// Each test has a KMS of its own: the job looks at every key that there is, those of earlier tests too.
let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startKeyWorld();
});
afterEach(() => stopKeyWorld(endpoint));

const WRITES = /^(Create|Update|Delete|Schedule)/;
const killed = new Error('killed');

const modulusOf = (spki: Uint8Array = new Uint8Array()) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({ format: 'jwk' }).n;

/** How many writes have reached KMS. */
const writesDone = () =>
  Object.entries(endpoint.calls()).reduce(
    (sum, [call, times]) => sum + (WRITES.test(call.replace('kms.', '')) ? times : 0),
    0,
  );

/** A keeper whose run ends at its nth write from now on: the write is done, but its answer is lost. */
function mortal(keeper: Keeper, nth: number): Keeper {
  let writes = 0;
  const kms = clientThrough(async (command, call) => {
    const answer = await call();
    if (WRITES.test(command) && ++writes === nth) throw killed;
    return answer;
  });
  return { ...keeper, kms };
}

/** A whole change of keys, with a run every day. */
async function live(work: (keeper: Keeper, ages: KeyAges, day: number) => Promise<unknown>) {
  const stage = newStage({ rotateDays: 3 });
  const { keeper, ages } = stage;
  await work(keeper, ages, 0);
  await runJob(keeper, ages);
  const platform = await newPlatform(stage);
  for (let day = 1; day <= 6; day++) {
    const before = writesDone();
    await work(keeper, ages, day);
    // While nothing is written, what functions and consumers see is what they saw at the end of the day before.
    const isQuiet = writesDone() === before;
    for (const wait of isQuiet ? [0] : [0, 4 * MINUTE, 12 * MINUTE, 10 * MINUTE, 11 * HOUR]) {
      pass(wait);
      await platform.check();
    }
    pass(isQuiet ? DAY : DAY - 11 * HOUR - 26 * MINUTE);
  }
  return { keeper, ages, kids: platform.expectPublishedAhead(), platform };
}

/** The stage's keys that neither have an alias nor wait for deletion. */
async function strayKeys({ kms, stage, account }: Keeper): Promise<string[]> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({ Limit: 1000 }));
  const stray: string[] = [];
  const keys = Object.values(
    await keysOf({ kms, stage, aliases: `alias/identity-${stage}/`, account, deletionDays: 7 }),
  );
  for (const { KeyId = '' } of Keys) {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    const ours = Tags.some(({ TagValue }) => TagValue === stage) && KeyMetadata?.KeyState !== 'PendingDeletion';
    if (ours && !keys.some(({ keyId }) => keyId === KeyId)) stray.push(KeyId);
  }
  return stray;
}

describe('a job that is killed', () => {
  // To be killed before the nth write is the same as after the write before it.
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])(
    'S43: after its write number %i leaves nothing broken',
    async (nth) => {
      let deadly: Keeper | undefined;
      const { keeper, ages, kids } = await live(async (own, itsAges) => {
        deadly ??= mortal(own, nth);
        await runJob(deadly, itsAges).catch((error: unknown) => expect(error).toBe(killed));
      });
      expect(kids.length).toBeGreaterThanOrEqual(2);
      await runJob(keeper, ages);
      expect(await strayKeys(keeper)).toEqual([]);
    },
  );

  it('S43: after every second write, still finishes everything', async () => {
    const { keeper, kids } = await live(async (own, ages) => {
      for (let run = 0; run < 4; run++) {
        await runJob(mortal(own, 2), ages).catch((error: unknown) => expect(error).toBe(killed));
      }
    });
    expect(kids.length).toBeGreaterThanOrEqual(2);
    expect((await keysOf(keeper)).active?.usable).toBe(true);
  });
});

describe('retiring a stage’s keys', () => {
  it.each([1, 2, 3, 4])('after it was killed at its write number %i, leaves no key and no alias', async (nth) => {
    const { keeper, ages } = newStage();
    await runJob(keeper, ages);
    pass(HOUR);
    await runJob(keeper, ages);
    expect(Object.keys(await keysOf(keeper)).sort()).toEqual(['active', 'next']);
    await expect(retireKeys(mortal(keeper, nth))).rejects.toBe(killed);
    await retireKeys(keeper);
    expect(await keysOf(keeper)).toEqual({});
    expect(await strayKeys(keeper)).toEqual([]);
  });

  it('takes an alias that went, although the answer was lost, for gone', async () => {
    const { keeper, ages } = newStage();
    await runJob(keeper, ages);
    endpoint.faults.order({ service: 'kms', operation: 'DeleteAlias', drop: true, after: true });
    await retireKeys(keeper);
    expect(await keysOf(keeper)).toEqual({});
  });
});

/** Lets the calls of several runs take turns in a chosen order, as two machines at once may do. */
function turns(seed: number) {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  let tail: Promise<unknown> = Promise.resolve();
  return (keeper: Keeper): Keeper => ({
    ...keeper,
    kms: clientThrough(async (_command, call) => {
      // Lets a random number of others pass.
      for (let skip = Math.floor(random() * 4); skip > 0; skip--) await new Promise((resolve) => setImmediate(resolve));
      const turn = tail.then(call);
      tail = turn.catch(() => {});
      return turn;
    }),
  });
}

describe('two runs at once', () => {
  it.each([1, 2, 3, 4])('S43: in the order %i, do the same as one', async (seed) => {
    const through = turns(seed);
    const { keeper, ages, kids } = await live((own, itsAges) =>
      Promise.all([runJob(through(own), itsAges), runJob(through(own), itsAges)]),
    );
    expect(kids.length).toBeGreaterThanOrEqual(2);
    pass(2 * HOUR);
    await runJob(keeper, ages);
    expect(await strayKeys(keeper)).toEqual([]);
  });

  it('make only one first key', async () => {
    const { keeper, ages } = newStage();
    await Promise.all([runJob(keeper, ages), runJob(keeper, ages), runJob(keeper, ages)]);
    const { active, next } = await keysOf(keeper);
    expect(active?.usable).toBe(true);
    expect(next?.keyId).toBe(active?.keyId);
    pass(2 * HOUR);
    await runJob(keeper, ages);
    expect(await strayKeys(keeper)).toEqual([]);
  });
});

it('S43: whichever step of a promotion falls between two reads, JWKS has the old key and the new', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const { keeper, ages } = newStage({ rotateDays: 3 });
    await runJob(keeper, ages);
    pass(HOUR);
    await runJob(keeper, ages);
    pass(4 * DAY);
    const before = await keysOf(keeper);
    // As if KMS had shown no step to anyone before the next was done.
    const through = turns(seed);
    const [published] = await Promise.all([
      fetchPublicKeys(through(keeper).kms, keeper.aliases),
      runJob(through(keeper), { ...ages, settle: 0 }),
    ]);
    expect((await keysOf(keeper)).active?.keyId).toBe(before.next?.keyId);
    const { PublicKey } = await new KMSClient({}).send(new GetPublicKeyCommand({ KeyId: before.active?.keyId }));
    expect(published.map(({ n }) => n)).toContain(modulusOf(PublicKey));
    const promoted = await new KMSClient({}).send(new GetPublicKeyCommand({ KeyId: before.next?.keyId }));
    expect(published.map(({ n }) => n)).toContain(modulusOf(promoted.PublicKey));
  }
});
