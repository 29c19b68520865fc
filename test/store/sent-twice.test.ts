/**
 * Each statement of the store is sent again, as it was, as if its answer had been lost: after the first try has been
 * committed, and while that one holds its locks. A call is given up after some seconds, and AWS does not take back what
 * the database does then (functions/aws/database-retry.ts). The answer must be true, and everything as after one try.
 */
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { clientCalls } from '../support/client-calls.ts';
import { emailChangeCalls } from '../support/email-change-calls.ts';
import { factorCalls } from '../support/factor-calls.ts';
import { grantCalls } from '../support/grant-calls.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { jobCalls } from '../support/job-calls.ts';
import { mailedCalls } from '../support/mailed-calls.ts';
import { oauthCalls } from '../support/oauth-calls.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { passkeyCalls } from '../support/passkey-calls.ts';
import { registrationCalls } from '../support/registration-calls.ts';
import { allRows, changes, sentAgain } from '../support/sent-twice.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { storeCalls } from '../support/store-calls.ts';
import { preparations, unproved } from '../support/store-preparations.ts';
import { storeReads } from '../support/store-reads.ts';
import { newWorld } from '../support/world.ts';
import { writes } from '../support/writes.ts';

let service: Service;
let database: Database;
let gate: Gate;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  gate = await gateCommits(service);
});
afterAll(async () => {
  await gate.close();
  await service.stop();
});

const STATEMENT = 'rds-data.ExecuteStatement';
const calls = {
  ...writes,
  ...storeCalls,
  ...mailedCalls,
  ...emailChangeCalls,
  ...jobCalls,
  ...clientCalls,
  ...registrationCalls,
  ...oauthCalls,
  ...grantCalls,
  ...factorCalls,
  ...passkeyCalls,
};
const seen = new Set<string>();

/** What the second try answers where that is not the first one's answer, and true all the same. */
const honest: Readonly<Record<string, { readonly later?: unknown; readonly beside?: unknown }>> = {
  'a refresh with a stolen token': { beside: 'invalid' },
  'the owner disowns': { later: 'gone', beside: 'gone' },
  'a new administrator': { later: 'held_before', beside: 'held_before' },
  'an administrator no longer': { later: 'not_held', beside: 'not_held' },
  // Not its effect, which is another's by now.
  'an event handled once': { later: false, beside: true },
  // The rows that the first try has locked are passed over: they have a relay.
  'a claim of events': { beside: 0 },
  // It failed before.
  'a mail that comes back': { later: false, beside: false },
  // How many went, or are tried again, by this try.
  'another chance for dead letters': { later: 0, beside: 0 },
  'the sweep of sessions': { later: 0, beside: 0 },
  'the sweep of the audit log': { later: 0, beside: 0 },
  'the sweep of accounts that nobody proved': { later: 0, beside: 0 },
  'a client that nobody uses': { later: 0, beside: 0 },
};

/** A blank service, a new world, and the call with its two tries. */
async function prepared(name: string) {
  service = await sharedService();
  const world = await newWorld(service, !unproved.has(name));
  await preparations[name]?.(world, service, database);
  const before = await allRows(service);
  const context = contextAt(new Date());
  const { first, again, sent } = sentAgain(database, seen);
  return {
    world,
    context,
    before,
    database: first,
    sent,
    first: async () => calls[name]?.(world, context, first),
    again: async () => calls[name]?.(world, context, again),
  };
}

/** As JSON, without what is new in each world. */
const shape = (answer: unknown) => changes([], [JSON.stringify(answer)]);

describe.each(Object.keys(calls))('%s', (name) => {
  it('S46: is done once when it is sent again, after the first try and beside it', async () => {
    const one = await prepared(name);
    const answer = await one.first();
    const after = await allRows(service);
    const { later = answer, beside = later } = honest[name] ?? {};
    service.endpoint.resetCalls();
    expect(await one.again()).toEqual(later);
    expect(service.endpoint.calls()[STATEMENT], 'sent once more, and no more').toBeLessThanOrEqual(one.sent());
    expect(await allRows(service)).toEqual(after);

    const two = await prepared(name);
    const outcomes = await gate.inOrder<unknown>(two.first, two.again);
    const answers = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : outcome.value));
    expect(changes(two.before, await allRows(service))).toEqual(changes(one.before, after));
    expect(shape(answers)).toEqual(shape([answer, beside]));
  });
});

it('is decided at once where there is nobody any more', async () => {
  const { world, context, database, sent } = await prepared('');
  await service.sql('update sessions set revoked_at = now(), revoked_reason = $1', ['user']);
  await service.sql('update one_time_tokens set voided_at = now()');
  service.endpoint.resetCalls();
  for (const call of Object.values(calls)) await call(world, context, database);
  // Nothing comes between, so nothing is decided anew.
  expect(service.endpoint.calls()).toEqual({ [STATEMENT]: sent() });
});

it('changes nothing where it only reads', async () => {
  const { world, context, before, database } = await prepared('');
  for (const read of storeReads) await read(world, context, database);
  expect(await allRows(service)).toEqual(before);
});

it('are all statements of the store and of its packages', () => {
  const declared = globSync('functions/{store,packages/inbox}/*.ts').flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /^export (?:async function|function|const) (\w+)(?: = )?\(\s*database: Database/gm,
      ),
    ].map(([, name]) => name),
  );
  expect(declared.length).toBeGreaterThan(50);
  expect(declared.filter((name = '') => !seen.has(name))).toEqual([]);
});
