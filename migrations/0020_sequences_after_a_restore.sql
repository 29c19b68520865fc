-- After a restore to an earlier time, aggregates would count their events from where they were then, and consumers that
-- have seen later ones would take the new events for old. So the operator raises a floor, under which no sequence goes on
-- (npm run outbox -- restored). It is the time of that, in milliseconds: more than any aggregate has counted to, one by
-- one from 0 or from an earlier floor. Nothing is rewritten, however many aggregates there are.

create table event_sequence_floor (
  only_row boolean primary key default true constraint event_sequence_floor_only_row check (only_row),
  floor bigint not null
);

grant select, insert, update on event_sequence_floor to identity_application;

create or replace function next_event_sequence() returns trigger
language plpgsql
as $$
declare
  seen bigint := -new.sequence;
  lowest bigint := coalesce((select floor from event_sequence_floor), 0);
  before bigint;
  by_another boolean;
begin
  insert into event_sequences as s (aggregate_id, sequence)
  values (new.aggregate_id, lowest + 1)
  on conflict (aggregate_id) do update set sequence = greatest(s.sequence, lowest) + 1
  returning with (old as was) s.sequence, coalesce(was.sequence, 0), was.xmin <> pg_current_xact_id()::xid
  into new.sequence, before, by_another;
  -- A login depends on nothing that is told: the account's row, which it locks, decides. So logins at once are not sent
  -- again for each other.
  if by_another and before <> seen and new.topic <> 'huleedu.identity.login.succeeded.v1' then
    raise exception 'an event came between' using errcode = 'serialization_failure';
  end if;
  return new;
end
$$;
