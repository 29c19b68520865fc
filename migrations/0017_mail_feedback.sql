-- What becomes of mails after SES took them: bounces and complaints find their mail here, and end further mail to the
-- address.

create table mails (
  -- What the consumer's inbox has of it, so an event that is delivered again is the same mail. SES hands it back.
  mail_id uuid primary key,
  -- HMAC of the address: the table names nobody.
  address_key bytea not null,
  -- Whose address it was.
  user_id uuid,
  -- Of whoever asked for the mail, for the event of its failure.
  message_id text not null,
  -- It has a link that proves the address.
  has_link boolean not null,
  sent_at timestamptz not null,
  -- SES refused it, it came back, or its reader complained. Announced once.
  failed_at timestamptz,
  constraint mails_user foreign key (user_id) references users on delete cascade
);

create index mails_by_user on mails (user_id) where user_id is not null;
create index mails_by_time on mails (sent_at);

create table suppressed_addresses (
  address_key bytea primary key,
  user_id uuid,
  reason text not null check (reason in ('bounce', 'complaint')),
  -- Mails with a link that proves the address are stopped, too.
  links_too boolean not null,
  suppressed_at timestamptz not null,
  constraint suppressed_addresses_user foreign key (user_id) references users on delete cascade
);

create index suppressed_addresses_by_user on suppressed_addresses (user_id) where user_id is not null;
create index suppressed_addresses_by_time on suppressed_addresses (suppressed_at);

grant select, insert, update, delete on mails, suppressed_addresses to identity_application;
