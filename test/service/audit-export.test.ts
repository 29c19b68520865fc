/** The audit log's export to the archive: what it has of a person, and that it has every entry. */
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExportedEntry } from '../../functions/domain/exported-entry.ts';
import { ARCHIVE } from '../../lib/local/host.ts';
import { misfits } from '../support/athena-table.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { newOrganization } from '../support/organizations.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;

beforeEach(async () => {
  service = await sharedService();
});

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

interface Exported {
  readonly days: string[];
  readonly objects: string[];
  readonly entries: number;
}
const run = (event: object = {}) => service.runJob('export-audit-log', event) as Promise<Exported>;

const keys = () => service.buckets.keys(ARCHIVE);
const textOf = (key: string) => gunzipSync(service.buckets.read(ARCHIVE, key)).toString();
const entriesOf = (key: string): ExportedEntry[] =>
  textOf(key)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const archived = () => keys().flatMap(entriesOf);

/** Midnight, UTC, so many days ago. */
const daysAgo = (days: number) => new Date(Math.floor(Date.now() / 1000 / DAY - days) * DAY * 1000);
const folder = (day: Date) => {
  const [year, month, date] = day.toISOString().slice(0, 10).split('-');
  return `audit/v1/year=${year}/month=${month}/day=${date}/`;
};

/** Entries of a day, from an hour of it on, a minute apart. */
const write = (day: Date, count: number, hour = 12) =>
  service.sql(
    `insert into audit_log (entry_id, occurred_at, action, correlation_id)
    select uuidv7(at - clock_timestamp()), at, 'test.exported', gen_random_uuid()
    from generate_series(1, ${count}) as n, lateral (
      select timestamptz '${day.toISOString()}' + make_interval(hours => ${hour}, mins => n) as at
    ) as times`,
  );
const idsInLog = async () =>
  (await service.sql('select entry_id from audit_log order by entry_id')).map(({ entry_id }) => entry_id);
const idsInArchive = () =>
  archived()
    .map(({ entry_id }) => entry_id)
    .toSorted();

describe('S53: the exported audit log', () => {
  it('has pseudonyms of people, and neither their ids nor any address, before and after they are erased', async () => {
    const founder = await registerAndLogin(service, { organization_name: 'Norra skolan' });
    const orgId = await newOrganization(service, founder);
    const other = await registerAndLogin(service);
    await service.post('/v1/auth/login', { email: founder.email, password: 'wrong, all wrong' });
    await service.delete('/v1/auth/me', { password: other.password }, other.bearer);
    const before = await service.audit(founder.userId);
    service.setClockOffset(DAY + 3 * HOUR);
    const { objects } = await run();
    expect(objects).toEqual(keys());

    const text = keys().map(textOf).join('');
    const erased = await service.audit(other.userId);
    const ids = [founder, other].flatMap(({ userId, email, sessionId }) => [userId, email, sessionId]);
    const requests = [...before, ...erased].map(({ correlation_id }) => correlation_id);
    for (const known of [...ids, ...requests, orgId, '127.0.0.1', '::1', 'ip_address'])
      expect(text).not.toContain(known);

    const { out } = await operatorCommand(service, ['audit.ts', 'pseudonym', founder.userId]);
    const [, pseudonym, keyName] = /^([\w-]{22}), as a request [\w-]{22}, by key ([\w-]{8})\n$/.exec(out) ?? [];
    const theirs = archived().filter(({ subject }) => subject === pseudonym);
    expect(theirs.map(({ entry_id }) => entry_id).toSorted()).toEqual(
      before.map(({ entry_id }) => entry_id).toSorted(),
    );
    for (const { pseudonym_key } of theirs) expect(pseudonym_key).toBe(keyName);
    // The same session has the same pseudonym; what is no id stays.
    expect(theirs.find(({ action }) => action === 'login.failed')?.detail).toEqual({
      reason: 'invalid_password',
      counted_by: 'address',
    });
    const sessions = theirs.flatMap(({ detail: { session_id } }) => session_id ?? []);
    expect(sessions.length).toBeGreaterThan(0);
    for (const session of sessions) expect(session).toMatch(/^[\w-]{22}$/);
    expect(archived().filter(({ action }) => action === 'account.deleted')).toHaveLength(1);
    expect(archived().flatMap((entry) => misfits(entry))).toEqual([]);
  });
});

it('S53: a caller who sends an account’s id as a correlation id does not learn its pseudonym', async () => {
  const person = await registerAndLogin(service);
  const unknown = { email: 'nobody@school.example', password: 'wrong, all wrong' };
  await service.post('/v1/auth/login', unknown, { 'x-correlation-id': person.userId });
  service.setClockOffset(DAY + 3 * HOUR);
  await run();
  const subjects = archived().map(({ subject }) => subject);
  const probe = archived().find(({ detail }) => detail.reason === 'user_not_found');
  expect(probe?.request).toMatch(/^[\w-]{22}$/);
  expect(subjects).not.toContain(probe?.request);
});

describe('S54: every entry is exported', () => {
  it('a day is exported when it is over and has settled, those that were missed too, and today is not', async () => {
    await write(daysAgo(9), 3);
    await write(daysAgo(4), 2);
    await write(daysAgo(0), 1, 0);
    // Two hours after midnight.
    service.setClockOffset(daysAgo(3).getTime() / 1000 + 2 * HOUR + 60 - Date.now() / 1000);
    expect((await run()).days).toEqual([daysAgo(9), daysAgo(4)].map((day) => day.toISOString().slice(0, 10)));
    expect(keys().map((key) => key.slice(0, folder(daysAgo(9)).length))).toEqual([
      folder(daysAgo(9)),
      folder(daysAgo(4)),
    ]);
    expect(archived()).toHaveLength(5);
  });

  it('no day before it has settled: an entry may be written until then', async () => {
    await write(daysAgo(1), 3);
    service.setClockOffset(daysAgo(0).getTime() / 1000 + 2 * HOUR - 60 - Date.now() / 1000);
    expect(await run()).toEqual({ days: [], objects: [], entries: 0 });
  });

  it('in objects of so many entries, each once, and a second run writes none', async () => {
    await write(daysAgo(2), 25);
    const { objects, entries } = await run({ inAPart: 10 });
    expect(objects.map((key) => entriesOf(key).length)).toEqual([10, 10, 5]);
    expect([entries, idsInArchive()]).toEqual([25, await idsInLog()]);
    expect(await run()).toMatchObject({ objects: [], entries: 0 });
    expect(keys()).toEqual(objects);
  });

  it('in the memory of one object, and by statements of a thousand rows, however many a day has', async () => {
    await write(daysAgo(2), 700, 0);
    await write(daysAgo(2), 700, 12);
    const calls = await service.callsDuring(() => run());
    // What grew, what is next, two batches, the note, what is next; and the object.
    expect(calls).toMatchObject({ 'rds-data.ExecuteStatement': 6, 's3.PutObject': 1 });
    expect(idsInArchive()).toEqual(await idsInLog());
  });

  it('by the next run, where one failed, and where S3 is busy', async () => {
    await write(daysAgo(2), 25);
    const { faults } = service.endpoint;
    faults.order({ service: 's3', operation: 'PutObject', error: { code: 'AccessDenied', status: 403 } });
    await expect(run({ inAPart: 10 })).rejects.toThrow('403 AccessDenied');
    expect(keys()).toEqual([]);
    faults.order({ service: 's3', operation: 'PutObject', error: { code: 'SlowDown', status: 503 }, times: 2 });
    faults.order({ service: 's3', operation: 'PutObject', error: { code: 'RequestTimeout', status: 400 } });
    expect((await run({ inAPart: 10 })).objects).toHaveLength(3);
    expect(idsInArchive()).toEqual(await idsInLog());
  });

  it('once, where the answer of S3 is lost: the object is not written over', async () => {
    await write(daysAgo(2), 3);
    service.endpoint.faults.order({ service: 's3', operation: 'PutObject', drop: true, after: true });
    const calls = await service.callsDuring(() => run());
    expect(calls['s3.PutObject']).toBe(2);
    expect(idsInArchive()).toEqual(await idsInLog());
  });

  it('once, where a run was killed in the middle of a day, before it noted an object: from that one on', async () => {
    await write(daysAgo(2), 25);
    const { objects } = await run({ inAPart: 10 });
    await service.sql('delete from audit_exports where part > 1');
    const again = await run({ inAPart: 10 });
    expect(again).toMatchObject({ objects: objects.slice(1), entries: 15 });
    expect(keys()).toEqual(objects);
  });

  it('also what is written into a day that is exported, by a clock that is late: in another object', async () => {
    await write(daysAgo(3), 3);
    const { objects } = await run();
    await write(daysAgo(3), 1, 20);
    // A day that had none.
    await write(daysAgo(4), 1);
    expect(await run(), 'with the next day').toMatchObject({ entries: 0 });
    await write(daysAgo(2), 1);
    const late = await run();
    expect(late).toMatchObject({ entries: 6, days: [daysAgo(2).toISOString().slice(0, 10)] });
    expect(keys().length).toBe(objects.length + late.objects.length);
    expect([...new Set(idsInArchive())]).toEqual(await idsInLog());
    expect(await run()).toMatchObject({ objects: [], entries: 0 });
  });

  it('reports how far it is behind', async () => {
    await write(daysAgo(2), 3);
    await write(daysAgo(0), 1, 0);
    const told = service.logs().length;
    const behind = () => (Date.now() - daysAgo(0).getTime()) / 1000;
    const least = behind();
    await run();
    const most = behind();
    const metrics = service
      .logs()
      .slice(told)
      .flatMap(({ line }) => (line.includes('AuditExportLag') ? [JSON.parse(line)] : []));
    const [{ AuditExportLag, AuditEntriesExported }] = metrics;
    expect(AuditExportLag).toBeGreaterThanOrEqual(Math.floor(least));
    expect(AuditExportLag).toBeLessThanOrEqual(Math.ceil(most));
    expect(AuditEntriesExported).toBe(3);
  });
});
