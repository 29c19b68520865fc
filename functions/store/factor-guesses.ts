/** Tries of a second factor: each is counted before anything is compared, so that no number at once is more (S83). */
import type { TokenSubject } from '../domain/access-token.ts';
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { FactorId, TokenId, UserId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database, Parameters } from './database.ts';
import type { DemandSettings } from './demanded-levels.ts';
import { MOST_MISSES } from './factor-misses.ts';
import { mailCounts, mailParameters, showedPassword } from './factors.ts';
import { count, exceeded, isCountedBefore, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { type Caller, caller, callerParameters, firstMembership } from './sessions.ts';

/** Which factor is tried, and by whom the first one was shown. */
export interface FactorTry {
  readonly userId: UserId;
  /** Of the password that was compared. */
  readonly passwordEpoch: number;
  readonly kind: SecondFactor;
  /** Of a passkey: which. */
  readonly credentialId: Uint8Array | null;
  /** What a mailed code is for alone: the sign-in that waits, or the session. */
  readonly of: string;
}

/** What a try is compared with: all that its kind has. */
export interface TriedFactor {
  /** Null of a mailed code: it is no row. */
  readonly factor_id: FactorId | null;
  /** Of the newest code that was mailed. */
  readonly token_id: TokenId | null;
  /** Sealed (domain/totp-secrets.ts). */
  readonly secret: Uint8Array | null;
  readonly last_step: number | null;
  /** Hexadecimal. */
  readonly code_hashes: readonly string[] | null;
  readonly public_key: Uint8Array | null;
  readonly sign_count: number | null;
  readonly may_back_up: boolean | null;
}

/** The account, which may sign in with the password that was compared. */
type TriedAccount = TokenSubject & { readonly email: string; readonly password_epoch: number };

export interface CountedTry {
  /** The limit that the try is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
  /** Null where the password was changed, the account locked by an administrator, or deleted. */
  readonly account: TriedAccount | null;
  /** Null where the account has none of the kind, or it is closed. */
  readonly factor: TriedFactor | null;
}

/** Queries of who may show a factor now: one row of `users`, with `by_password`, or none. */
export const mayShow = {
  /** Who has shown the password before. */
  signingIn: `
      select u.*, true as by_password
      from users u
      where
        u.user_id = :user_id::uuid
        and u.password_epoch = :password_epoch::integer
        and (u.locked_until > :now::timestamptz) is not true`,
  /** Of a session: `caller`. */
  signedIn: `
      select u.*, ${showedPassword('s')} as by_password
      from users u
      join caller using (user_id)
      join sessions s using (session_id)`,
};

/**
 * What follows `with`: counts a try against the limits and the factor, and reads what it is compared with.
 * @param account one of {@link mayShow}
 */
const countedTry = (account: string) => `
    ${count('limits')}, ${recordRefusals(':user_id')},
    again as (select ${isCountedBefore} as again),
    account as (${account}),
    tried as (
      update factors f
      set misses = f.misses + (not again.again)::integer
      from account, again
      where
        f.user_id = account.user_id
        and f.kind = :kind
        and (:credential_id::bytea is null or f.credential_id = :credential_id::bytea)
        and f.confirmed_at is not null
        and f.closed_at is null
        and f.misses < :most_misses::integer + again.again::integer
        and not exists (select from refused)
      returning f.*
    ),
    mailed as (
      select t.token_id
      from one_time_tokens t
      join account using (user_id)
      where
        :kind = 'email'
        and t.purpose = 'second_factor'
        and t.asked_by = :of::uuid
        and t.voided_at is null
        and t.expires_at > :now::timestamptz
        and account.by_password
        and ${mailCounts('account')}
        and not exists (select from refused)
    )
    select
      ${exceeded} as exceeded,
      account.user_id,
      account.email,
      account.password_epoch,
      account.email_verified_at is not null as email_verified,
      account.platform_roles,
      m.org_id,
      coalesce(m.roles, '{}') as roles,
      tried.factor_id,
      tried.secret,
      tried.last_step,
      array(select encode(code, 'hex') from unnest(tried.code_hashes) as code) as code_hashes,
      tried.public_key,
      tried.sign_count,
      tried.may_back_up,
      mailed.token_id
    from (values (true)) as given
    left join account on true
    left join tried on true
    left join mailed on true
    ${firstMembership('account')}`;

/** A try of somebody who has shown the password before. */
export const countTry = (
  database: Database,
  { userId, passwordEpoch, ...shown }: FactorTry,
  limits: readonly Limit[],
  settings: DemandSettings,
  context: RequestContext,
): Promise<CountedTry> =>
  readTry(
    database,
    `
    with ${countedTry(mayShow.signingIn)}`,
    { ...shown, ...mailParameters(settings), password_epoch: passwordEpoch, user_id: userId },
    limits,
    context,
  );

/** A try of somebody who is signed in. */
export const countOwnTry = (
  database: Database,
  by: Caller,
  shown: Pick<FactorTry, 'kind' | 'credentialId' | 'of'>,
  limits: readonly Limit[],
  settings: DemandSettings,
  context: RequestContext,
): Promise<CountedTry> =>
  readTry(
    database,
    `
    with ${caller},
    ${countedTry(mayShow.signedIn)}`,
    { ...shown, ...mailParameters(settings), ...callerParameters(by, context), user_id: by.sub },
    limits,
    context,
  );

async function readTry(
  database: Database,
  sql: string,
  { kind, credentialId, ...who }: Pick<FactorTry, 'kind' | 'credentialId'> & Parameters,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<CountedTry> {
  const [row] = await database.query<{ exceeded: string | null } & Nullable<TriedAccount> & Nullable<TriedFactor>>(
    sql,
    {
      limits,
      kind,
      credential_id: credentialId,
      most_misses: MOST_MISSES,
      ...who,
      ...refusalParameters(context),
    },
  );
  if (!row) throw new Error('a try returned no row');
  return {
    exceeded: readExceeded(row.exceeded),
    account: row.user_id === null ? null : (row as TriedAccount),
    factor: row.factor_id === null && row.token_id === null ? null : (row as TriedFactor),
  };
}

type Nullable<T> = { readonly [Field in keyof T]: T[Field] | null };
