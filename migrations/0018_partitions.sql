-- The two tables that grow with every login have a partition for each fortnight, or four weeks, of their ids. What is over goes with its
-- partition, in a moment, where deleting row by row would write as much again as the logins do and leave its space to
-- a vacuum. The key is the id alone: a statement that is sent twice may not insert twice, and a unique key over
-- partitions must hold their key, so occurred_at cannot be it. Ids are UUIDv7, whose first 48 bits are the time in
-- milliseconds (RFC 9562, 5.7), so a range of ids is a range of time.
--
-- Sources: https://www.postgresql.org/docs/18/ddl-partitioning.html, https://www.postgresql.org/docs/18/sql-altertable.html

-- The least id of a time or later.
create function first_id_at(at timestamptz) returns uuid
language sql
immutable
strict
parallel safe
return (lpad(to_hex(greatest(trunc(extract(epoch from at) * 1000), 0)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Each table becomes the DEFAULT partition of a new one of its name, and no row is written anew. DEFAULT also takes
-- every id that no partition was made for, by a clock that is wrong or by a sweep that did not run: without it, such an
-- insert would fail, and the login with it. A metric says so (functions/jobs/sweep.ts).

alter table event_outbox rename to event_outbox_default;
alter table event_outbox_default rename constraint event_outbox_pkey to event_outbox_default_pkey;
alter index event_outbox_pending rename to event_outbox_default_pending;
alter index event_outbox_retrying rename to event_outbox_default_retrying;
alter index event_outbox_dead rename to event_outbox_default_dead;
alter index event_outbox_published rename to event_outbox_default_published;
alter index event_outbox_of_address rename to event_outbox_default_of_address;
drop trigger event_outbox_seen on event_outbox_default;
drop trigger event_outbox_sequence on event_outbox_default;
alter table event_outbox_default
add constraint event_outbox_id_has_time check (uuid_extract_version(event_id) = 7);

create table event_outbox (
  like event_outbox_default including defaults including constraints,
  constraint event_outbox_pkey primary key (event_id)
)
partition by range (event_id);

create index event_outbox_pending on event_outbox (available_at, event_id) where published_at is null and not dead;
create index event_outbox_retrying on event_outbox (occurred_at)
where published_at is null and not dead and attempts > 0;
create index event_outbox_dead on event_outbox (occurred_at) where dead;
create index event_outbox_published on event_outbox (published_at) where published_at is not null;
create index event_outbox_of_address on event_outbox (email_key_of(coalesce(data ->> 'email', data ->> 'to')))
where coalesce(data ->> 'email', data ->> 'to') is not null;

create trigger event_outbox_seen
before insert on event_outbox
for each row when (new.sequence is null) execute function see_event_sequence();
create trigger event_outbox_sequence
before insert on event_outbox
for each row when (new.sequence <= 0) execute function next_event_sequence();

alter table event_outbox attach partition event_outbox_default default;
grant select, insert, update, delete on event_outbox to identity_application;
-- It sweeps here row by row.
revoke insert on event_outbox_default from identity_application;

alter table audit_log rename to audit_log_default;
alter table audit_log_default rename constraint audit_log_pkey to audit_log_default_pkey;
alter index audit_log_of_user rename to audit_log_default_of_user;
alter index audit_log_of_actor rename to audit_log_default_of_actor;
alter index audit_log_by_time rename to audit_log_default_by_time;
alter table audit_log_default
add constraint audit_log_id_has_time check (uuid_extract_version(entry_id) = 7);

create table audit_log (
  like audit_log_default including defaults including constraints,
  constraint audit_log_pkey primary key (entry_id)
)
partition by range (entry_id);

create index audit_log_of_user on audit_log (user_id, entry_id);
create index audit_log_of_actor on audit_log (actor_id) where actor_id is not null;
create index audit_log_by_time on audit_log using brin (occurred_at);

alter table audit_log attach partition audit_log_default default;
grant select, insert on audit_log to identity_application;
revoke all on audit_log_default from identity_application;

-- As before (migrations/0009), in DEFAULT alone, and by the key: a ctid names a row of one partition only.
create or replace function prune_audit_log(before timestamptz, most integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  removed integer;
begin
  delete from public.audit_log_default
  where entry_id in (
    select entry_id
    from public.audit_log_default
    where occurred_at < least(before, now() - interval '90 days')
    limit most
    for update skip locked
  );
  get diagnostics removed = row_count;
  return removed;
end
$$;

-- What the relay reads is first in an index of each partition, and PostgreSQL may sort what all of them hold instead: by
-- its statistics next to nothing is unsent, which is true until the bus is away for an hour. So sorting is off here.
create function due_events(at timestamptz, own_lease uuid, most integer)
returns table (event_id uuid, available_at timestamptz, bytes integer)
language sql
volatile
rows 100
set enable_sort = off
as $$
  select e.event_id, e.available_at, octet_length(e.data::text)
  from event_outbox e
  where
    e.published_at is null
    and not e.dead
    and e.available_at <= at
    -- Its own lease: this statement's earlier try, whose answer was lost.
    and (e.leased_until is null or e.leased_until <= at or e.lease_id = own_lease)
  order by e.available_at, e.event_id
  limit most
  for update skip locked
$$;

-- Age of the oldest event that is neither published nor dead, seconds. An event is due from when it happened until it is
-- refused, so each half is the first entry of an index.
create function outbox_lag(at timestamptz) returns float8
language sql
stable
set enable_sort = off
as $$
  select extract(epoch from at - least(
    (select available_at from event_outbox where published_at is null and not dead order by available_at limit 1),
    (
      select occurred_at
      from event_outbox
      where published_at is null and not dead and attempts > 0
      order by occurred_at
      limit 1
    )
  ))::float8
$$;

revoke execute on function due_events(timestamptz, uuid, integer), outbox_lag(timestamptz) from public;
grant execute on function due_events(timestamptz, uuid, integer), outbox_lag(timestamptz) to identity_application;
