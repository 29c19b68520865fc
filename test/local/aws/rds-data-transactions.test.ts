import { CommitTransactionCommand, RollbackTransactionCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningDataApi, resourceArn, secretArn, startDataApi } from './running-data-api.ts';

let time = Date.parse('2026-03-01T12:00:00Z');
let api: RunningDataApi;
beforeAll(async () => {
  api = await startDataApi({ now: () => new Date(time) });
  await api.execute('create table accounts (name text primary key)');
});
afterAll(() => api.stop());
beforeEach(() => api.execute('delete from accounts'));

const minutes = 60_000;
const commit = (transactionId: string, secret = secretArn) =>
  api.client.send(new CommitTransactionCommand({ resourceArn, secretArn: secret, transactionId }));
const rollback = (transactionId: string) =>
  api.client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId }));
const insert = (name: string, transactionId?: string) =>
  api.execute('insert into accounts values (:name)', {
    parameters: [{ name: 'name', value: { stringValue: name } }],
    transactionId,
  });
const names = async (transactionId?: string) =>
  (await api.execute('select name from accounts order by name', { transactionId })).records?.map(
    ([f]) => f?.stringValue,
  );
const notFound = (id: string, why: string) => ({
  name: 'TransactionNotFoundException',
  message: `Transaction ${id} is not found. ${why}`,
  $metadata: { httpStatusCode: 404 },
});

describe('a transaction', () => {
  it('is visible to others after its commit', async () => {
    const id = await api.begin();
    expect(id.length).toBeLessThanOrEqual(192);
    await insert('a', id);
    expect(await names(id)).toEqual(['a']);
    expect(await names()).toEqual([]);
    expect(await commit(id)).toMatchObject({ transactionStatus: 'Transaction Committed' });
    expect(await names()).toEqual(['a']);
  });

  it('leaves nothing after a rollback', async () => {
    const id = await api.begin();
    await insert('a', id);
    expect(await rollback(id)).toMatchObject({ transactionStatus: 'Rollback Complete' });
    expect(await names()).toEqual([]);
  });

  it('ends only once', async () => {
    const id = await api.begin();
    await commit(id);
    const gone = notFound(id, 'One previous call resulted in a termination of your transaction.');
    await expect(commit(id)).rejects.toMatchObject(gone);
    await expect(rollback(id)).rejects.toMatchObject(gone);
    await expect(insert('a', id)).rejects.toMatchObject(gone);
  });

  it('that was never begun is not found', async () => {
    await expect(insert('a', 'made-up')).rejects.toMatchObject(notFound('made-up', 'Transaction may be expired.'));
  });

  it('belongs to the secret that began it', async () => {
    const id = await api.begin();
    await expect(commit(id, `${secretArn}-other`)).rejects.toMatchObject({ name: 'TransactionNotFoundException' });
    await commit(id);
  });

  it('belongs to one database', async () => {
    const id = await api.begin(api.database);
    const elsewhere = api.execute('select 1', { transactionId: id, database: 'postgres' });
    await expect(elsewhere).rejects.toMatchObject({ name: 'BadRequestException' });
    expect(await names(id)).toEqual([]);
    await commit(id);
  });

  it('ends with the first statement that fails', async () => {
    const id = await api.begin();
    await insert('a', id);
    await expect(insert('a', id)).rejects.toMatchObject({ name: 'DatabaseErrorException' });
    const gone = notFound(id, 'Transaction has been aborted due to an error from a previous call.');
    await expect(insert('b', id)).rejects.toMatchObject(gone);
    await expect(commit(id)).rejects.toMatchObject(gone);
    expect(await names()).toEqual([]);
  });

  it('outlives a call that never reaches the database', async () => {
    const id = await api.begin();
    await expect(api.execute('select :missing', { transactionId: id })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await insert('a', id);
    await commit(id);
    expect(await names()).toEqual(['a']);
  });

  it('fails to commit when a deferred constraint does not hold', async () => {
    await api.execute(`create table pairs (name text references accounts deferrable initially deferred)`);
    const id = await api.begin();
    await api.execute("insert into pairs values ('nobody')", { transactionId: id });
    await expect(commit(id)).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringMatching(/^ERROR: insert or update on table "pairs" violates .*; SQLState: 23503$/),
    });
    await expect(commit(id)).rejects.toMatchObject({ name: 'TransactionNotFoundException' });
  });

  it('runs one statement at a time', async () => {
    const id = await api.begin();
    await api.execute('lock table accounts in access exclusive mode', { transactionId: id });
    const other = await api.begin();
    const waiting = insert('a', other);
    await expect
      .poll(() =>
        api.directly("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
      )
      .toHaveLength(1);
    const busy = { name: 'DatabaseErrorException', message: 'Transaction is still running a query' };
    await expect(insert('b', other)).rejects.toMatchObject(busy);
    await expect(commit(other)).rejects.toMatchObject(busy);
    await commit(id);
    await waiting;
    await commit(other);
    expect(await names()).toEqual(['a']);
  });

  it('runs beside as many others as the pool has connections', async () => {
    const ids = await Promise.all(Array.from({ length: 15 }, () => api.begin()));
    await Promise.all(ids.map((id, index) => insert(`n${index}`, id)));
    expect(await names()).toEqual([]);
    await Promise.all(ids.map((id) => commit(id)));
    expect(await names()).toHaveLength(15);
  });
});

describe('time', () => {
  it('of three minutes between two calls ends a transaction', async () => {
    const id = await api.begin();
    await insert('a', id);
    time += 3 * minutes;
    expect(await names(id)).toEqual(['a']);
    time += 3 * minutes + 1;
    await expect(names(id)).rejects.toMatchObject(notFound(id, 'Transaction may be expired.'));
    expect(await names()).toEqual([]);
  });

  it('of a day ends it, however busy it is', async () => {
    const id = await api.begin();
    for (let hours = 0; hours < 24; hours += 0.05) {
      time += 3 * minutes;
      await api.execute('select 1', { transactionId: id });
    }
    time += 2;
    await expect(names(id)).rejects.toMatchObject(notFound(id, 'Transaction may be expired.'));
  });

  it('frees the locks of an abandoned transaction at the next call', async () => {
    const id = await api.begin();
    await api.execute('lock table accounts in access exclusive mode', { transactionId: id });
    time += 4 * minutes;
    await commit(await api.begin());
    await insert('a');
    expect(await names()).toEqual(['a']);
  });
});
