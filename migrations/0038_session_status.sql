-- Which bit of which status list says of a session that it has ended (functions/README.md, "Status lists").

create sequence session_status_indexes minvalue 0 start 0;
grant usage, select on sequence session_status_indexes to identity_application;

alter table sessions
-- Null of a browser's, whose cookie is no token, and of sessions from before there were lists: their tokens name none.
add column status_index bigint;

-- Of sessions that went with their account: their rows can no longer say that they ended.
create table deleted_statuses (
  status_index bigint constraint deleted_statuses_pkey primary key,
  deleted_at timestamptz not null
);
create index deleted_statuses_by_time on deleted_statuses (deleted_at);
grant select, insert, update, delete on deleted_statuses to identity_application;

create function note_deleted_status() returns trigger
language plpgsql
as $$
begin
  insert into deleted_statuses (status_index, deleted_at)
  -- What a session was last seen at is the service's time, and may be later than the database's.
  values (old.status_index, greatest(now(), old.last_seen_at))
  on conflict do nothing;
  return null;
end
$$;

create trigger sessions_note_deleted_status
after delete on sessions
for each row
-- Ended or not: whatever was used within the day may have a token, which lives for an hour at most.
when (old.status_index is not null and old.last_seen_at > now() - interval '1 day')
execute function note_deleted_status();
