/** Signing in with a passkey: which it is, and whose; nothing else says who somebody is here. */
import type { TokenSubject } from '../domain/access-token.ts';
import type { FactorId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { firstMembership } from './sessions.ts';

/** A passkey that may be used, and its account. */
export interface PasskeyAccount extends TokenSubject {
  readonly email: string;
  readonly password_epoch: number;
  /** Since when devices are known, milliseconds since the epoch; null: ever. */
  readonly devices_since: number | null;
  /** By an administrator: a lock of guesses is none of passkeys' (S67). */
  readonly is_locked: boolean;
  readonly webauthn_id: Uint8Array;
  readonly factor_id: FactorId;
  /** Closed, it signs nobody in. */
  readonly is_usable: boolean;
  readonly public_key: Uint8Array;
  readonly sign_count: number;
  readonly may_back_up: boolean;
}

export interface FoundPasskey {
  readonly exceeded: ExceededLimit | null;
  /** Null for an id that nobody's passkey has. */
  readonly passkey: PasskeyAccount | null;
}

/** Counts the try and reads the passkey, in one statement. */
export async function findPasskey(
  database: Database,
  credentialId: Uint8Array,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<FoundPasskey> {
  const [row] = await database.query<{ exceeded: string | null } & (PasskeyAccount | { readonly user_id: null })>(
    `
    with ${count('limits')}, ${recordRefusals()}
    select
      ${exceeded} as exceeded,
      u.user_id,
      u.email,
      u.password_epoch,
      (extract(epoch from u.devices_since) * 1000)::bigint as devices_since,
      (u.locked_until > :now::timestamptz) is true as is_locked,
      u.webauthn_id,
      u.email_verified_at is not null as email_verified,
      u.platform_roles,
      m.org_id,
      coalesce(m.roles, '{}') as roles,
      f.factor_id,
      f.closed_at is null as is_usable,
      f.public_key,
      f.sign_count,
      f.may_back_up
    from (values (:credential_id::bytea)) as tried (credential_id)
    left join factors f using (credential_id)
    left join users u using (user_id)
    ${firstMembership('u')}`,
    { limits, credential_id: credentialId, ...refusalParameters(context) },
  );
  if (!row) throw new Error('looking for a passkey returned no row');
  return { exceeded: readExceeded(row.exceeded), passkey: row.user_id === null ? null : row };
}
