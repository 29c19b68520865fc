-- The outbox: the only way to the bus. A row is written by the statement that changes what it tells of.

create table event_sequences (
  aggregate_id uuid primary key,
  sequence bigint not null
);

create table event_outbox (
  event_id uuid primary key,
  topic text not null,
  aggregate_type text not null,
  aggregate_id uuid not null,
  -- 1, 2, 3 … within an aggregate, set by the trigger below; given as 1 where the event is all there is of its
  -- aggregate (a login attempt), which then needs no row in event_sequences.
  sequence bigint not null,
  correlation_id uuid not null,
  data jsonb not null,
  occurred_at timestamptz not null,
  -- Not to be sent before: rises when a sending failed.
  available_at timestamptz not null,
  -- Which claim of which relay has it, and until when that relay is believed to live.
  lease_id uuid,
  leased_until timestamptz,
  published_at timestamptz,
  -- Sendings whose outcome is known.
  attempts integer not null default 0,
  -- A short code, never a payload or a message that may quote one.
  last_error text,
  dead boolean not null default false,
  constraint event_outbox_lease_whole check ((lease_id is null) = (leased_until is null)),
  constraint event_outbox_dead_unpublished check (not (dead and published_at is not null)),
  constraint event_outbox_last_error_short check (octet_length(last_error) <= 64)
)
with (
  -- Room for a lease beside its row, so that leasing writes no index.
  fillfactor = 80,
  -- Every row is sent within seconds, and leaves its entry in the indexes below until a vacuum: by the default, after a
  -- fifth of the table has changed.
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000
);

-- Holds only what is still to be sent, so it stays small however many rows were.
create index event_outbox_pending on event_outbox (available_at, event_id) where published_at is null and not dead;
-- For the lag: those whose available_at no longer tells how old they are.
create index event_outbox_retrying on event_outbox (occurred_at)
where published_at is null and not dead and attempts > 0;
create index event_outbox_dead on event_outbox (occurred_at) where dead;
-- For the sweep.
create index event_outbox_published on event_outbox (published_at) where published_at is not null;

-- The row lock on event_sequences makes the writers of one aggregate wait for each other's commit, so the sequence
-- rises in the order of the commits and has no gaps.
create function next_event_sequence() returns trigger
language plpgsql
as $$
begin
  insert into event_sequences as s (aggregate_id, sequence)
  values (new.aggregate_id, 1)
  on conflict (aggregate_id) do update set sequence = s.sequence + 1
  returning s.sequence into new.sequence;
  return new;
end
$$;

create trigger event_outbox_sequence
before insert on event_outbox
for each row when (new.sequence is null) execute function next_event_sequence();

grant select, insert, update, delete on event_sequences, event_outbox to identity_application;
