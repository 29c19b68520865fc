-- How far the audit log is exported to the archive (functions/jobs/export-audit-log.ts): a row for each object of a day,
-- UTC. The job only puts objects, and may neither list nor read the bucket, so the bucket cannot say where to go on; and
-- the log itself has no index that would find an entry about it. A few rows a day.

create table audit_exports (
  day date,
  part integer,
  -- The last id of the part, which the next one begins after. Of a day's last part the day's own end: an entry that
  -- comes later belongs to it.
  last_id uuid not null,
  -- How many entries the object has; none was written where there are none.
  entries integer not null,
  is_last boolean not null,
  exported_at timestamptz not null,
  constraint audit_exports_pkey primary key (day, part)
);

grant select, insert, update on audit_exports to identity_application;
