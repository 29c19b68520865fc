/** Whether somebody may register a client, and the tokens by which they may where not everybody may. */
import type { RegistrationTokenId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { Cause, RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';

export interface Admission {
  readonly exceeded: ExceededLimit | null;
  /** The token is one of ours, and is not over. */
  readonly isKnown: boolean;
}

/** Counts a registration; one that is sent with a wrong token counts, too. */
export async function admitRegistration(
  database: Database,
  { limits, tokenHash }: { readonly limits: readonly Limit[]; readonly tokenHash: Buffer | null },
  context: RequestContext,
): Promise<Admission> {
  const [row] = await database.query<{ exceeded: string | null; is_known: boolean }>(
    `
    with ${count('limits')}, ${recordRefusals()}
    select
      ${exceeded} as exceeded,
      exists (
        select from registration_tokens where token_hash = :token_hash and expires_at > :now::timestamptz
      ) as is_known`,
    { limits, token_hash: tokenHash, ...refusalParameters(context) },
  );
  return { exceeded: readExceeded(row?.exceeded), isKnown: row?.is_known ?? false };
}

export interface RegistrationToken {
  readonly token_id: RegistrationTokenId;
  readonly name: string;
  /** RFC 3339. */
  readonly expires_at: string;
}

export interface NewRegistrationToken {
  readonly tokenId: RegistrationTokenId;
  readonly name: string;
  readonly hash: Buffer;
  readonly expiresAt: Date;
}

/** By an operator. */
export async function createRegistrationToken(
  database: Database,
  { tokenId, name, hash, expiresAt }: NewRegistrationToken,
  context: Cause,
): Promise<void> {
  await database.query(
    `
    with made as (
      insert into registration_tokens (token_id, name, token_hash, created_at, expires_at)
      values (:token_id::uuid, :name, :hash, :now::timestamptz, :expires_at::timestamptz)
      on conflict (token_id) do nothing
      returning token_id
    ),
    recorded as (${record('entry', 'made')})
    select token_id from made`,
    { token_id: tokenId, name, hash, expires_at: expiresAt, now: context.now, entry: [entry('created', context)] },
  );
}

/** From now on; what was registered with it stays. @returns whether there was one */
export async function revokeRegistrationToken(
  database: Database,
  tokenId: RegistrationTokenId,
  context: Cause,
): Promise<boolean> {
  const revoked = entry('revoked', context);
  const [row] = await database.query<{ revoked: boolean }>(
    `
    with there as (
      select token_id from registration_tokens where token_id = :token_id::uuid
    ),
    gone as (
      delete from registration_tokens
      where token_id = :token_id::uuid
      returning token_id
    ),
    recorded as (${record('entry', 'gone')})
    -- Or by this statement's earlier try, whose answer was lost.
    select
      exists (select from gone) or exists (select from audit_log where entry_id = :entry_id::uuid) as revoked,
      decide_anew(exists (select from there) and not exists (select from gone))`,
    { token_id: tokenId, now: context.now, entry: [revoked], entry_id: revoked.entry_id },
  );
  return row?.revoked ?? false;
}

const entry = (what: 'created' | 'revoked', context: Cause) =>
  auditEntry(`registration_token.${what}`, null, context, { by: 'operator' });

export const listRegistrationTokens = (database: Database, { now }: Pick<Cause, 'now'>): Promise<RegistrationToken[]> =>
  database.query<RegistrationToken>(
    `
    select token_id, name, to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at
    from registration_tokens
    where expires_at > :now::timestamptz
    order by token_id`,
    { now },
  );
