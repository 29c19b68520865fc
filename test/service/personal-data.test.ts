/**
 * S72: personal data is declared once (functions/store/personal-data.ts), and the database, the events, the export and
 * every way of deletion are compared with that. personal-data-guards.test.ts proves that each omission is found.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenId, UserId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { tables } from '../../functions/store/personal-data.ts';
import { disownAccount, sweepUnproved } from '../../functions/store/unproved-accounts.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Person } from '../support/people.ts';
import { fillAndRead, leftBehind, leftOut, undeclaredColumns, unfilled } from '../support/personal-data.ts';
import { leftInEvents, undeclaredFields, writeSamples } from '../support/personal-events.ts';
import { bystander, exportOf, newcomer, somebody } from '../support/personal-world.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  await bystander(service);
});
afterAll(() => service.stop());

const deletions = {
  'by its owner': async ({ password, bearer }: Person) => {
    expect((await service.delete('/v1/auth/me', { password }, bearer)).status).toBe(204);
  },
  'by the owner of its mailbox': async ({ userId }: Person) => {
    const [link] = await service.sql(
      `select token_id, expires_at from one_time_tokens where user_id = $1 and purpose = 'verify_email'`,
      [userId],
    );
    const token = { tokenId: link?.token_id as TokenId, userId: userId as UserId, expiresAt: link?.expires_at as Date };
    expect(await disownAccount(database, { purpose: 'verify_email', ...token }, contextAt(new Date()))).toBe('deleted');
  },
  'by the sweep': async () => {
    const before = new Date(Date.now() + 1_000);
    expect(await sweepUnproved(database, { before, most: 1, now: new Date() })).toBe(1);
  },
} as const;

/** Every column is filled except those that would make it another account. */
const { users, ...others } = tables;
const { email_verified_at, platform_roles, ...personal } = users?.personal ?? {};
const unprovedTables = { ...others, users: { other: [], ...users, personal } };

describe('S72: personal data', () => {
  it('is declared, column by column and field by field', async () => {
    expect(await undeclaredColumns(service)).toEqual([]);
    expect(undeclaredFields()).toEqual([]);
  });

  it('is exported, and erased with the account: rows, values, events', async () => {
    const person = await somebody(service);
    const held = await fillAndRead(service, person);
    expect(unfilled(held)).toEqual([]);
    expect(leftOut(held, await exportOf(service, person))).toEqual([]);
    const samples = await writeSamples(service, person);
    await deletions['by its owner'](person);
    expect(await leftBehind(service, held)).toEqual([]);
    expect(await leftInEvents(service, samples)).toEqual([]);
  });

  it.each(['by the owner of its mailbox', 'by the sweep'] as const)('ends with an unproved account %s', async (by) => {
    // Unproved until now.
    await service.sql('update users set email_verified_at = now()');
    const person = await newcomer(service);
    const held = await fillAndRead(service, person, unprovedTables);
    const samples = await writeSamples(service, person);
    await deletions[by](person);
    expect(await leftBehind(service, held)).toEqual([]);
    expect(await leftInEvents(service, samples)).toEqual([]);
  });
});
