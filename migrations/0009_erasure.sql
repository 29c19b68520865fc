-- Erasing a person (S53), and keeping the audit log no longer than its time: what the application's role may not do to
-- rows by itself is done here for it, and nothing beyond.

-- An entry keeps the account's id, not where its owner was. By trigger rather than by a right to update: the only way
-- to touch an entry is to delete the account.
create function erase_audited_origin() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.audit_log
  set ip_address = null
  where actor_id = old.user_id or (user_id = old.user_id and actor_id is null);
  return null;
end
$$;

create trigger users_erase_audited_origin
after delete on users
for each row execute function erase_audited_origin();

create index audit_log_of_actor on audit_log (actor_id) where actor_id is not null;

-- Entries come in the order of time, so a few pages of summary find the old ones.
create index audit_log_by_time on audit_log using brin (occurred_at);

-- The retention's floor is here, out of the application's reach: no entry goes before 90 days by the database's clock.
create function prune_audit_log(before timestamptz, most integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  removed integer;
begin
  delete from public.audit_log
  where ctid in (
    select ctid
    from public.audit_log
    where occurred_at < least(before, now() - interval '90 days')
    limit most
    for update skip locked
  );
  get diagnostics removed = row_count;
  return removed;
end
$$;

revoke execute on function erase_audited_origin(), prune_audit_log(timestamptz, integer) from public;
grant execute on function prune_audit_log(timestamptz, integer) to identity_application;

-- What two spellings of one address have in common, as functions/domain/email-address.ts has it.
create function email_key_of(email text) returns text
language sql
immutable
strict
parallel safe
return lower(btrim(normalize(email, NFC)) collate pg_unicode_fast);

-- Finds the events that hold an address. Most hold none.
create index event_outbox_of_address on event_outbox (email_key_of(coalesce(data ->> 'email', data ->> 'to')))
where coalesce(data ->> 'email', data ->> 'to') is not null;
