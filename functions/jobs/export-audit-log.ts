/**
 * Writes each day's audit entries to the archive, as JSON lines, compressed, with pseudonyms and no addresses: the days
 * since the last one that is there, each when it is over. An object has a part of a day, so that a run needs the memory of
 * one part however much a day has.
 *
 * A run may be killed anywhere: what it has written is noted part by part, and a part that is written again has the same
 * key, which says what is in it, and is not written over. So every entry is in the archive at least once; in two objects
 * where it came after its part was exported, or after a restore. Readers tell by `entry_id`.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type { Context } from 'aws-lambda';
import { forJobs } from '../aws/database-retry.ts';
import { archiveKey } from '../domain/archive-key.ts';
import { auditPseudonyms, exportedEntry } from '../domain/exported-entry.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageArchive } from '../stage/archive.ts';
import { stageDatabase } from '../stage/database.ts';
import { stageKeys } from '../stage/keys.ts';
import { environment } from '../stage/settings.ts';
import { type ExportPart, grownParts, nextPart, readPart, recordPart } from '../store/audit-exports.ts';
import { auditEntryOf } from '../store/audit-trail.ts';

/** Rows a statement: some 400 KB of the Data API's 1 MiB. */
const BATCH = 1_000;
/** Entries an object: some 6 MB of compressed text. */
const IN_A_PART = 100_000;
/** Milliseconds from an entry's id to its commit, at most: Lambda's 15 minutes, and clocks that differ by an hour. */
const SETTLED = 2 * 60 * 60 * 1000;
/** Milliseconds; entries that an operator's machine with a wrong clock wrote may be this late. */
const LOOKED_BACK = 3 * 24 * 60 * 60 * 1000;
/** No part begins with fewer milliseconds left. */
const PART_TIME = 90_000;
const DAY = 24 * 60 * 60 * 1000;

const database = stageDatabase(forJobs);
const key = stageKeys('audit-pseudonym');
const bucket = stageArchive();
const prefix = environment('ARCHIVE_PREFIX');

export interface ExportRequest {
  /** Entries an object; fewer are for tests. */
  readonly inAPart?: number;
}

export interface Exported {
  /** Those that are whole now. */
  days: string[];
  objects: string[];
  entries: number;
}

/** @throws Error when a part could not be written; the next run goes on with it */
export async function handler({ inAPart = IN_A_PART }: ExportRequest, context: Context): Promise<Exported> {
  setDeadline(context);
  const now = new Date();
  const done: Exported = { days: [], objects: [], entries: 0 };
  const hasTime = () => context.getRemainingTimeInMillis() > PART_TIME;
  // One version for the whole run: a key that changes in the middle of a day would split its pseudonyms.
  const [newest] = await key.keys();
  const pseudonyms = auditPseudonyms(newest);

  async function write(part: ExportPart): Promise<void> {
    const { count, lastId, hasMore, body, digest } = await compress(part);
    if (count > 0) {
      const name = archiveKey(prefix, { ...part, digest });
      const added = await bucket.add(name, body);
      log('info', added ? 'exported' : 'was exported already', { object: name, entries: count });
      done.objects.push(name);
      done.entries += count;
    }
    await recordPart(database, {
      day: part.day,
      part: part.part,
      lastId: hasMore ? lastId : null,
      entries: count,
      now,
    });
    if (!hasMore && part.upTo === null) done.days.push(part.day);
  }

  /** A part's entries as they are exported; those of a part that grew, however many. */
  async function compress({ day, after, upTo }: ExportPart) {
    const most = upTo === null ? inAPart : Number.POSITIVE_INFINITY;
    const hash = createHash('sha256');
    const gzip = createGzip();
    const chunks: Buffer<ArrayBuffer>[] = [];
    gzip.on('data', (chunk: Buffer<ArrayBuffer>) => chunks.push(chunk));
    let [count, lastId, hasMore] = [0, after, true];
    while (hasMore && count < most) {
      const batch = Math.min(BATCH, most - count);
      const rows = await readPart(database, { day, after: lastId, upTo }, batch);
      const lines = rows.map((row) => `${JSON.stringify(exportedEntry(auditEntryOf(row), pseudonyms))}\n`).join('');
      hash.update(lines);
      if (!gzip.write(lines)) await once(gzip, 'drain');
      count += rows.length;
      lastId = rows.at(-1)?.entry_id ?? lastId;
      hasMore = rows.length === batch;
    }
    gzip.end();
    await once(gzip, 'end');
    return { count, lastId, hasMore, body: Buffer.concat(chunks), digest: hash.digest('hex') };
  }

  let next = await nextPart(database);
  // With each new day, and not with each run: it counts three days of the log, in a statement.
  const grown = next && isOver(next.day, now) ? await grownParts(database, new Date(now.getTime() - LOOKED_BACK)) : [];
  for (const part of grown) {
    log('warn', 'entries came after their part was exported: it is exported again', { day: part.day, part: part.part });
    await write(part);
  }
  while (next && isOver(next.day, now) && hasTime()) {
    await write(next);
    next = await nextPart(database);
  }
  // Of a log without an entry all is exported.
  const lag = next ? now.getTime() - Date.parse(next.day) : 0;
  emitMetrics({ AuditExportLag: [lag / 1000, 'Seconds'], AuditEntriesExported: [done.entries, 'Count'] });
  return done;
}

const isOver = (day: string, now: Date) => now.getTime() >= Date.parse(day) + DAY + SETTLED;
