/** Limits against an exact model of a sliding window, with clocks that differ, and with many requests at once. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limit } from '../../functions/domain/rate-limit.ts';
import type { Database } from '../../functions/store/database.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
let admit: typeof import('../../functions/store/rate-limits.ts').admit;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  ({ admit } = await import('../../functions/store/rate-limits.ts'));
});
afterAll(() => service.stop());

const START = Date.parse('2026-03-01T12:00:56Z');

let microseconds = 0;
/** Later for each try of a key, so that none is taken for one that is sent again, nor for an earlier one. */
const timeOf = (now: Date) => now.toISOString().replace('Z', `${String(++microseconds).padStart(3, '0')}Z`);

function newKey(): string {
  microseconds = 0;
  return randomBytes(32).toString('hex');
}

/** @param at milliseconds after {@link START} */
async function attempt(key: string, max: number, seconds: number, at: number, slot = 1) {
  const length = seconds * 1000;
  const now = new Date(START + at);
  const expires_at = new Date((Math.floor(now.getTime() / length) + 2) * length).toISOString();
  const limit: Limit = {
    at: timeOf(now),
    name: 'loginPerAddress',
    key,
    max,
    window_seconds: seconds,
    slot,
    expires_at,
  };
  return admit(database, [limit], contextAt(now));
}
const told = async () =>
  (await service.sql(`select count(*)::int as lines from audit_log where action = 'rate_limit.exceeded'`))[0]?.lines;

/** Tries of one key: the limit, its window in seconds, and milliseconds between one try and the next. */
const tries = fc.record({
  max: fc.integer({ min: 1, max: 6 }),
  seconds: fc.integer({ min: 1, max: 60 }),
  gaps: fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })), {
    minLength: 1,
    maxLength: 25,
  }),
});

it('S9: admits exactly what a sliding window admits, and reports a refusal once a window', async () => {
  await fc.assert(
    fc.asyncProperty(tries, async ({ max, seconds, gaps }) => {
      const key = newKey();
      const length = seconds * 1000;
      const admitted: number[] = [];
      let toldAt = Number.NEGATIVE_INFINITY;
      let at = 0;
      for (const gap of gaps) {
        at += gap;
        const inWindow = admitted.filter((time) => time > at - length);
        const before = await told();
        const exceeded = await attempt(key, max, seconds, at);
        expect(exceeded === null).toBe(inWindow.length < max);
        if (exceeded) {
          const opensIn = ((inWindow.at(-max) as number) + length - at) / 1000;
          expect(exceeded.retry_after).toBe(Math.max(1, Math.ceil(opensIn)));
          const tells = toldAt <= at - length;
          if (tells) toldAt = at;
          expect((await told()) - before).toBe(tells ? 1 : 0);
        } else admitted.push(at);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

it('S9: with clocks that differ by d, admits no more than the limit in any window shorter by d', async () => {
  const skewed = tries.chain((given) =>
    fc.record({
      given: fc.constant(given),
      errors: fc.array(fc.integer({ min: -500, max: 500 }), {
        minLength: given.gaps.length,
        maxLength: given.gaps.length,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(skewed, async ({ given: { max, seconds, gaps }, errors }) => {
      const key = newKey();
      const admitted: number[] = [];
      let at = 0;
      for (const [index, gap] of gaps.entries()) {
        at += gap;
        if ((await attempt(key, max, seconds, at + (errors[index] ?? 0))) === null) admitted.push(at);
      }
      const spans = admitted.slice(max).map((time, index) => time - (admitted[index] as number));
      for (const span of spans) expect(span).toBeGreaterThanOrEqual(seconds * 1000 - 1000);
    }),
    { numRuns: 40 },
  );
}, 120_000);

it('S9: if a time stands for several, admits at most the limit, and refuses less than one of them early', async () => {
  await fc.assert(
    fc.asyncProperty(tries, fc.integer({ min: 2, max: 4 }), async ({ max: times, seconds, gaps }, slot) => {
      const key = newKey();
      const max = times * slot;
      const admitted: number[] = [];
      let at = 0;
      for (const gap of gaps.flatMap((each) => [each, ...Array<number>(slot).fill(each % 7)])) {
        at += gap;
        const inWindow = admitted.filter((time) => time > at - seconds * 1000).length;
        if ((await attempt(key, max, seconds, at, slot)) === null) {
          admitted.push(at);
          expect(inWindow).toBeLessThan(max);
        } else expect(inWindow).toBeGreaterThan(max - slot);
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);

it('S9: of five tries at :56 and four after the minute admits five, and leaves an audit line', async () => {
  const key = newKey();
  const before = await told();
  const answers = [];
  for (const at of [0, 1, 2, 3, 4, 5_000, 5_001, 5_002, 5_003]) answers.push(await attempt(key, 5, 60, at));
  expect(answers.filter((answer) => answer === null)).toHaveLength(5);
  expect((await told()) - before).toBe(1);
});

it('S9: of many at once, exactly the limit is admitted, and one line reports the others', async () => {
  const key = newKey();
  const before = await told();
  const answers = await Promise.all(Array.from({ length: 40 }, () => attempt(key, 8, 60, 0)));
  expect(answers.filter((answer) => answer === null)).toHaveLength(8);
  expect((await told()) - before).toBe(1);
});

it('S9: a limit that was lowered or raised meanwhile applies as it is now', async () => {
  const key = newKey();
  for (let n = 0; n < 5; n++) expect(await attempt(key, 5, 60, n)).toBeNull();
  expect(await attempt(key, 3, 60, 10)).not.toBeNull();
  expect(await attempt(key, 3, 60, 60_002)).toBeNull();
  expect(await attempt(key, 6, 60, 60_003)).toBeNull();
});

describe('a request under several limits', () => {
  const NARROW = 3;
  const WIDE = 60;
  const limits = (narrow: string, wide: string): Limit[] =>
    [
      { key: narrow, max: NARROW },
      { key: wide, max: WIDE },
    ].map(({ key, max }) => ({
      at: timeOf(new Date(START)),
      name: 'loginPerAddress',
      key,
      max,
      window_seconds: 60,
      slot: 1,
      expires_at: new Date(START + 120_000).toISOString(),
    }));
  const rowOf = async (key: string) =>
    (
      await service.sql(
        `select cardinality(admitted) as counted, xmin::text as version from rate_limits where key = decode($1, 'hex')`,
        [key],
      )
    )[0] ?? { counted: 0 };
  const ask = (narrow: string, wide: string) => admit(database, limits(narrow, wide), contextAt(new Date(START)));

  it('S9: that one of them refuses counts for none of the others', async () => {
    const [narrow, wide] = [newKey(), newKey()];
    const answers = [];
    for (let n = 0; n < 10; n++) answers.push(await ask(narrow, wide));
    expect(answers.filter((answer) => answer === null)).toHaveLength(NARROW);
    expect([(await rowOf(narrow)).counted, (await rowOf(wide)).counted]).toEqual([NARROW, NARROW]);
  });

  it.each([
    ['before', 'ff', '00'],
    ['behind', '00', 'ff'],
  ])('S9: nor if many come at once, with the other limit’s row %s it', async (_, first, other) => {
    const [narrow, wide] = [`${first}${newKey()}`, `${other}${newKey()}`];
    expect(await ask(narrow, wide)).toBeNull();
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(narrow, wide)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(NARROW - 1);
    expect([(await rowOf(narrow)).counted, (await rowOf(wide)).counted]).toEqual([NARROW, NARROW]);
  });

  it('S9: a flood that is refused writes once a window, and waits for nobody', async () => {
    const [narrow, wide] = [newKey(), newKey()];
    for (let n = 0; n <= NARROW; n++) await ask(narrow, wide);
    const before = [await rowOf(narrow), await rowOf(wide)];
    await service.sql('begin');
    try {
      await service.sql(`select from rate_limits where key in (decode($1, 'hex'), decode($2, 'hex')) for update`, [
        narrow,
        wide,
      ]);
      for (let n = 0; n < 5; n++) expect(await ask(narrow, wide)).toMatchObject({ max: NARROW });
    } finally {
      await service.sql('rollback');
    }
    expect([await rowOf(narrow), await rowOf(wide)]).toEqual(before);
  });
});
