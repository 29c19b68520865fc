-- The inbox: which events a consumer has handled, so that a second copy has no second effect. Any service that
-- consumes events can have this table in its own database (functions/packages/inbox/index.ts).

create table inbox (
  -- One event may have several consumers, each with effects of its own.
  consumer text not null,
  event_id uuid not null,
  -- Who is at work on it, and until when that is believed; both null where the effect is a row of this database.
  claim_id uuid,
  leased_until timestamptz,
  received_at timestamptz not null,
  done_at timestamptz,
  primary key (consumer, event_id),
  constraint inbox_claim_whole check ((claim_id is null) = (leased_until is null)),
  constraint inbox_claimed_or_done check (claim_id is not null or done_at is not null)
);

-- For the sweep.
create index inbox_by_time on inbox (received_at);

grant select, insert, update, delete on inbox to identity_application;
