-- Making partitions before their time comes, and dropping them after their retention (migrations/0018): DDL, which the
-- application's role may not do by itself, so functions of the owner's do it, and nothing beyond.

-- How long a partition is, days. Each statement that names no id is planned for every partition (some 0.1 ms for each
-- one and each time that it names the table, here), so there are few: 6 of events by the default retention of 30 days, and 18 of the audit
-- log, which no login reads, by that of 400. What is over stays this much longer at most. 10 million logins a day fill a
-- partition of events with 100 GB, and one of the audit log with as much.
create function days_in_partition(parent text) returns integer
language plpgsql
immutable
as $$
begin
  case parent
    when 'event_outbox' then return 14;
    when 'audit_log' then return 28;
    else raise exception 'no table in partitions: %', parent;
  end case;
end
$$;

-- Makes this fortnight's partition, or the next one's, if it is missing. One a call, so that no transaction holds
-- its locks for long. It is made beside the table and then attached, which locks DEFAULT alone against others, where
-- CREATE TABLE … PARTITION OF would lock the whole table against every login. Who waits for a lock keeps all who come
-- later waiting, so it gives up soon (`busy`), and is called again.
create function make_partition(parent text, out outcome text, out partition text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '300ms'
as $$
declare
  catchall text := parent || '_default';
  days integer := public.days_in_partition(parent);
  key text := case parent when 'event_outbox' then 'event_id' else 'entry_id' end;
  -- A partitioned table has no storage parameters to inherit; those of event_outbox are explained in migrations/0003.
  storage text := case parent
    when 'event_outbox' then
      'with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)'
    else ''
  end;
  monday date := '2020-01-06';
  current_date_utc date := now() at time zone 'UTC';
  first_day date;
  first_id uuid;
  end_id uuid;
  is_taken boolean;
  has_guard boolean;
begin
  -- Of two at once each would keep DEFAULT from the other.
  if not pg_try_advisory_xact_lock(hashtext('partitions')) then
    outcome := 'busy';
    return;
  end if;
  for ahead in 0..1 loop
    -- Counted from a Monday in the past. A date less a date is days, and division cuts off.
    first_day := monday + ((current_date_utc - monday) / days + ahead) * days;
    first_id := public.first_id_at(first_day::timestamp at time zone 'UTC');
    end_id := public.first_id_at((first_day + days)::timestamp at time zone 'UTC');
    partition := to_char(first_day, '"' || parent || '_"YYYY_MM_DD');
    continue when to_regclass('public.' || partition) is not null;
    -- Rows of this time are in DEFAULT: they stay, later rows of the time go there too, and the sweep removes them one
    -- by one. To move them, all who write would have to wait.
    execute format('select exists (select from public.%I where %I >= $1 and %I < $2)', catchall, key, key)
    into is_taken
    using first_id, end_id;
    continue when is_taken;
    -- To attach reads DEFAULT from end to end, under its lock, unless a check of it says what it does not hold: a large
    -- one needs that from an operator (README, "Partitions").
    has_guard := exists (
      select
      from pg_constraint
      where conrelid = to_regclass('public.' || catchall) and conname = partition || '_elsewhere' and convalidated
    );
    if pg_relation_size('public.' || catchall) > 256 * 1024 * 1024 and not has_guard then
      outcome := 'default_too_large';
      return;
    end if;
    execute format('create table public.%I (like public.%I including all) %s', partition, parent, storage);
    execute format(
      'alter table public.%I attach partition public.%I for values from (%L) to (%L)',
      parent, partition, first_id, end_id
    );
    if has_guard then
      execute format('alter table public.%I drop constraint %I', catchall, partition || '_elsewhere');
    end if;
    outcome := 'made';
    return;
  end loop;
  outcome := 'none';
  partition := null;
exception
  when lock_not_available or deadlock_detected then
    outcome := 'busy';
end
$$;

-- Drops the oldest partition if all its ids are of before a time, and never earlier than the table's floor, which is
-- out of the application's reach: 90 days for the audit log, 16 for events (`retention` in
-- lib/service/settings/outbox.ts). Events that are unsent or dead, or were sent later than that time, move to DEFAULT
-- first. DETACH CONCURRENTLY would lock less, and PostgreSQL refuses it beside a DEFAULT partition and in a function.
create function drop_ended_partition(
  parent text, before timestamptz, out outcome text, out partition text, out moved integer
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '300ms'
as $$
declare
  days integer := public.days_in_partition(parent);
  ends_by timestamptz := least(before, now() - case parent
    when 'event_outbox' then interval '16 days'
    else interval '90 days'
  end);
  -- Each half by an index of its own.
  kept text := '(published_at is null and not dead) or dead or published_at >= $1';
  count_of_kept integer;
begin
  moved := 0;
  if not pg_try_advisory_xact_lock(hashtext('partitions')) then
    outcome := 'busy';
    return;
  end if;
  select c.relname
  into partition
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass('public.' || parent) and c.relname ~ ('^' || parent || '_\d{4}_\d\d_\d\d$')
  order by c.relname
  limit 1;
  if
    partition is null
    or (to_date(right(partition, 10), 'YYYY_MM_DD') + days)::timestamp at time zone 'UTC' > ends_by
  then
    outcome := 'none';
    partition := null;
    return;
  end if;
  if parent = 'event_outbox' then
    execute format('select count(*) from (select from public.%I where %s limit 1001) as found', partition, kept)
    into count_of_kept
    using before;
    -- To move them takes time in which nobody could write. Such an outbox has been broken for weeks.
    if count_of_kept > 1000 then
      outcome := 'full_of_unsent';
      return;
    end if;
  end if;
  execute format('alter table public.%I detach partition public.%I', parent, partition);
  if count_of_kept > 0 then
    execute format('insert into public.%I select * from public.%I where %s', parent, partition, kept) using before;
    get diagnostics moved = row_count;
  end if;
  execute format('drop table public.%I', partition);
  outcome := 'dropped';
exception
  when lock_not_available or deadlock_detected then
    outcome := 'busy';
end
$$;

-- Rows of DEFAULT that no partition was made for, a thousand at most; those of before the first partition are there by
-- right.
create function count_strays(parent text) returns integer
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  key text := case parent when 'event_outbox' then 'event_id' else 'entry_id' end;
  first text;
  strays integer;
begin
  select min(c.relname)
  into first
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass('public.' || parent) and c.relname ~ ('^' || parent || '_\d{4}_\d\d_\d\d$');
  execute format(
    'select count(*) from (select from public.%I where %I >= $1 limit 1000) as found', parent || '_default', key
  )
  into strays
  using public.first_id_at(to_date(right(first, 10), 'YYYY_MM_DD')::timestamp at time zone 'UTC');
  return strays;
end
$$;

revoke execute on function days_in_partition(text), make_partition(text), drop_ended_partition(text, timestamptz), count_strays(text) from public;
grant execute on function make_partition(text), drop_ended_partition(text, timestamptz), count_strays(text)
to identity_application;

-- Nobody else reaches the tables yet, so none is busy.
do $$
begin
  for table_number in 1..2 loop
    while (select outcome from make_partition((array['event_outbox', 'audit_log'])[table_number])) = 'made' loop
    end loop;
  end loop;
end
$$;
