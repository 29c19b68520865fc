/** Second factors of accounts: which may be used, and of whom they are asked. */
import type { Settings } from '../domain/settings.ts';

/** What the stage takes no passkeys for is shown by none: an account that has them alone is as one without. */
const isTaken = `(:passkeys_on or f.kind <> 'passkey')`;

export type PasskeySettings = Pick<Settings, 'passkeys'>;

/** The parameter of all that asks which factors an account has. */
export const passkeyParameters = ({ passkeys }: PasskeySettings) => ({ passkeys_on: passkeys.on !== false });

/**
 * True of a row `f` that may be asked for. Also of one that is closed to guesses: a hundred wrong codes must not end that a
 * code is asked for. What is shown for it then is refused (factor-guesses.ts).
 */
export const isUsable = `(f.confirmed_at is not null and f.code_hashes is distinct from '{}' and ${isTaken})`;

/**
 * True of an account `user` that has a factor beyond the first, also one that is closed to guesses: to close it is in the
 * power of whoever guesses, and must not take it away.
 */
export const hasSecondFactor = (user: string) => `
  exists (
    select
    from factors f
    where f.user_id = ${user}.user_id and f.kind <> 'recovery' and f.confirmed_at is not null and ${isTaken}
  )`;

/** The same of an authenticator app alone. */
export const hasApp = (user: string) => `
  exists (
    select from factors f where f.user_id = ${user}.user_id and f.kind = 'totp' and f.confirmed_at is not null
  )`;

/**
 * True of an account `user` whose second factor a mailed code may be, beside its password: the address is proved, and the
 * password was not set by whoever reads the mailbox. Never of administrators of the platform, or while factors that an
 * administrator took are to be set up again. Needs {@link mailParameters}.
 */
export const mailCounts = (user: string) => `(
  :mail_as_factor
  and exists (
    select
    from users mailed
    where
      mailed.user_id = ${user}.user_id
      and mailed.email_verified_at is not null
      and mailed.platform_roles = '{}'
      and mailed.factors_reset_at is null
      and not mailed.password_from_mail
  )
)`;

/** True of a session `of` that began with the password, or had it shown: a mailed code is of another kind. */
export const showedPassword = (of: string) => `('pwd' = any (coalesce(${of}.amr, '{pwd}')))`;

export const mailParameters = ({ mailAsSecondFactor }: Pick<Settings, 'mailAsSecondFactor'>) => ({
  mail_as_factor: mailAsSecondFactor === 'level2',
});

/**
 * The kinds that the account `user` may use, each once.
 * @param mail SQL: a mailed code is among them
 */
export const usableFactors = (user: string, mail: string) => `
  array(
    select distinct f.kind from factors f where f.user_id = ${user}.user_id and ${isUsable}
    union all
    select 'email' where ${mail}
  )`;

/**
 * False where an administrator took the account's factors, except in the session of whoever came by the mailed link and gave
 * the password. Needs a row `caller`, with its `session_id`.
 */
export const mayHaveFactors = (user: string) => `(
  ${user}.factors_reset_at is null
  or coalesce((select s.restores_factors from sessions s where s.session_id = caller.session_id), false)
)`;

/** The CTE `restored`: with the factor in `added`, a CTE with `user_id`, the account is as any other again. */
export const restoredBy = (added: string) => `
  restored as (
    update users u
    set factors_reset_at = null
    from ${added}
    where u.user_id = ${added}.user_id and u.factors_reset_at is not null
  )`;

/** A passkey that an account has, for browsers to leave out or to look for. */
export interface KnownCredential {
  /** Hexadecimal. */
  readonly id: string;
  readonly transports: readonly string[] | null;
}

/** The account `user`'s passkeys: {@link KnownCredential}, those used last first, as JSON. */
export const knownCredentials = (user: string) => `(
  select coalesce(
    jsonb_agg(
      jsonb_build_object('id', encode(f.credential_id, 'hex'), 'transports', f.transports)
      order by coalesce(f.last_used_at, f.created_at) desc
    ),
    '[]'
  )::text
  from factors f
  where f.user_id = ${user}.user_id and f.kind = 'passkey'
)`;
