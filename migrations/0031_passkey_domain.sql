-- The domain that passkeys belong to, noted with the first: none works under another (WebAuthn L3 §4, "RP ID"), so no
-- deployment changes it (functions/store/passkey-domain.ts).

create table passkey_domain (
  -- One row.
  only_row boolean constraint passkey_domain_pkey primary key default true constraint passkey_domain_only check (only_row),
  rp_id text not null,
  noted_at timestamptz not null
);
grant select, insert, delete on passkey_domain to identity_application;
