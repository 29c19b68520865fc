/**
 * How far the audit log is exported, and what comes next. A day's entries are those whose ids are of that day, UTC: ids
 * rise with time, and the log is partitioned by them (migrations/0018).
 */
import { type AuditRow, auditColumns } from './audit-trail.ts';
import type { Database } from './database.ts';

/** A part of a day: what one object has. */
export interface ExportPart {
  /** `2026-11-27`. */
  readonly day: string;
  /** From 1 on. */
  readonly part: number;
  /** Its entries come after this id, the last one of the part before it: no entry is between two parts. */
  readonly after: string;
  /** And up to this one; null where it is not known yet how many there are. */
  readonly upTo: string | null;
}

const idAt = (day: string) => `first_id_at(${day}::timestamp at time zone 'UTC')`;

/** Before every id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The part after the last one; null where no entry comes after it. Days without an entry are left out. */
export async function nextPart(database: Database): Promise<ExportPart | null> {
  const [next] = await database.query<ExportPart>(`
    with last as (
      select day, part, last_id, is_last
      from audit_exports
      order by day desc, part desc
      limit 1
    ),
    entry as (
      select (uuid_extract_timestamp(entry_id) at time zone 'UTC')::date as day
      from audit_log
      where entry_id > coalesce((select last_id from last), '${FIRST_ID}')
      order by entry_id
      limit 1
    )
    select
      to_char(case when last.is_last is false then last.day else entry.day end, 'YYYY-MM-DD') as day,
      case when last.is_last is false then last.part + 1 else 1 end as part,
      coalesce(last.last_id, '${FIRST_ID}') as after,
      null::uuid as "upTo"
    from (select) as one
    left join last on true
    left join entry on true
    where last.is_last is false or entry.day is not null`);
  return next ?? null;
}

/** The parts of `since` and later to which entries came after they were exported. */
export function grownParts(database: Database, since: Date): Promise<ExportPart[]> {
  return database.query<ExportPart>(
    `
    select to_char(day, 'YYYY-MM-DD') as day, part, after, last_id as "upTo"
    from (
      select *, coalesce(lag(last_id) over (order by day, part), '${FIRST_ID}') as after
      from audit_exports
    ) as exported
    where
      day >= (:since::timestamptz at time zone 'UTC')::date
      and entries < (select count(*) from audit_log a where a.entry_id > exported.after and a.entry_id <= exported.last_id)
    order by day, part`,
    { since },
  );
}

/** A batch of a part's entries, in the order of their ids. */
export function readPart(
  database: Database,
  { day, after, upTo }: Pick<ExportPart, 'day' | 'after' | 'upTo'>,
  most: number,
): Promise<AuditRow[]> {
  return database.query<AuditRow>(
    `
    select ${auditColumns}
    from audit_log a
    where
      a.entry_id > :after::uuid
      and a.entry_id <= coalesce(:up_to::uuid, ${idAt('(:day::date + 1)')})
    order by a.entry_id
    limit :most`,
    { day, after, up_to: upTo, most },
  );
}

/** Notes a part that is in the archive; one that grew once more. @param lastId null for the last one of its day */
export async function recordPart(
  database: Database,
  { day, part, lastId, entries, now }: { day: string; part: number; lastId: string | null; entries: number; now: Date },
): Promise<void> {
  await database.query(
    `
    insert into audit_exports (day, part, last_id, entries, is_last, exported_at)
    values (
      :day::date,
      :part,
      coalesce(:last_id::uuid, ${idAt('(:day::date + 1)')}),
      :entries,
      :last_id::uuid is null,
      :now::timestamptz
    )
    on conflict (day, part) do update
    set entries = excluded.entries, exported_at = excluded.exported_at`,
    { day, part, last_id: lastId, entries, now },
  );
}
