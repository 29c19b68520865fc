-- What a session keeps of its refresh chain, so that a thief who refreshes in step with the owner leaves a trace (S70),
-- and of when its person last gave the password (S85).

alter table sessions
-- Mixed into each successor: who has the chain key and an old token knows no later one without the row. Null in sessions
-- of before, whose rows are not written anew for it.
add column chain_nonce bytea,
-- SHA-256 of the user agent that the token was rotated for; null before the first rotation.
add column rotated_agent bytea,
-- When the token was rotated, and when a superseded one was honoured, within the time that limits look at (S68), the
-- newest first.
add column rotations timestamptz[] not null default '{}',
add column replays timestamptz[] not null default '{}',
-- Whether a superseded token was honoured since the rotation, and how often in all.
add column replayed boolean not null default false,
add column replay_count integer not null default 0,
-- The generation that the chain began with anew: tokens before it are refused, and are no sign of theft.
add column chain_start integer not null default 0,
-- Since the password was changed and the client kept its token: that one has no grace.
add column honoured_once boolean not null default false,
-- Null where that was only at created_at.
add column reauthenticated_at timestamptz;

-- 244 random bits.
alter table sessions alter column chain_nonce set default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
