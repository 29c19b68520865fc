-- Logos of OAuth clients, which this service fetches once and serves itself: no page asks a third party for anything.
create table client_logos (
  client_id text constraint client_logos_pkey primary key
    constraint client_logos_client references clients on delete cascade,
  -- Where it was fetched from; the client may name another address since.
  logo_uri text not null,
  -- Both null: there is no picture that may be shown.
  type text constraint client_logos_type check (type in ('png', 'jpeg', 'webp')),
  bytes bytea,
  fetched_at timestamptz not null,
  constraint client_logos_whole check ((type is null) = (bytes is null))
);

grant select, insert, update, delete on client_logos to identity_application;
