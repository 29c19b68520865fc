-- Events tell the whole truth in order, for every pair of concurrent writes of one organisation or account. A statement
-- decides by the snapshot that it began with, and acts after waits. What came between is an error here, and the
-- statement is sent again (functions/aws/database-retry.ts): it then decides by what there is.

-- An event is written by a statement that has seen every event of its aggregate before it. Stable, so that its query
-- has the snapshot of the statement that inserts; a volatile function's would have one of its own.
create function see_event_sequence() returns trigger
language plpgsql
stable
as $$
begin
  new.sequence := -coalesce((select sequence from event_sequences where aggregate_id = new.aggregate_id), 0);
  return new;
end
$$;

-- By its name before the next.
create trigger event_outbox_seen
before insert on event_outbox
for each row when (new.sequence is null) execute function see_event_sequence();

create or replace function next_event_sequence() returns trigger
language plpgsql
as $$
declare
  seen bigint := -new.sequence;
  before bigint;
  by_another boolean;
begin
  insert into event_sequences as s (aggregate_id, sequence)
  values (new.aggregate_id, 1)
  on conflict (aggregate_id) do update set sequence = s.sequence + 1
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

drop trigger event_outbox_sequence on event_outbox;
create trigger event_outbox_sequence
before insert on event_outbox
for each row when (new.sequence <= 0) execute function next_event_sequence();

-- No membership goes without its event: whoever deletes an account or an organisation deletes its memberships by name.
-- One that was made meanwhile holds the account back, instead of going with it unseen.
alter table memberships
drop constraint memberships_organization,
drop constraint memberships_user,
add constraint memberships_organization foreign key (org_id) references organizations not valid,
add constraint memberships_user foreign key (user_id) references users not valid;
alter table memberships validate constraint memberships_organization;
alter table memberships validate constraint memberships_user;

-- Counted after the wait for the account's row, so that of two at once the second counts the first. Volatile: its
-- queries see what was committed meanwhile.
create function count_memberships(member uuid) returns bigint
language plpgsql
as $$
begin
  perform from users where user_id = member for no key update;
  return (select count(*) from memberships where user_id = member);
end
$$;

-- For what is overtaken otherwise: a statement that finds it so is sent again.
create function decide_anew(is_overtaken boolean) returns boolean
language plpgsql
as $$
begin
  if is_overtaken then
    raise exception 'another statement came between' using errcode = 'serialization_failure';
  end if;
  return true;
end
$$;

revoke execute on function count_memberships(uuid), decide_anew(boolean) from public;
grant execute on function count_memberships(uuid), decide_anew(boolean) to identity_application;
