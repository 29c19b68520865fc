/** Changing a password that is known. */
import type { Database } from '../aws/data-api.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import type { Origin } from '../domain/origin.ts';
import { auditEntry, record } from './audit.ts';
import { locked } from './failed-logins.ts';
import { announce, newEvent } from './outbox.ts';
import { caller, callerParameters, revoke, revokeParameters } from './sessions.ts';

/** What the caller's password is compared with. */
export interface Credentials {
  readonly email: string;
  readonly password_hash: string;
  readonly password_epoch: number;
}

/** @returns null when the caller's session is over */
export async function findCallerCredentials(
  database: Database,
  claims: AccessClaims,
  origin: Origin,
): Promise<Credentials | null> {
  const [row] = await database.query<Credentials>(
    `
    with ${caller}
    select u.email, u.password_hash, u.password_epoch
    from caller
    join users u using (user_id)`,
    callerParameters(claims, origin),
  );
  return row ?? null;
}

export interface PasswordChange {
  readonly newHash: string;
  /** Of the password that was compared: of two changes at once, the second finds another and does nothing. */
  readonly passwordEpoch: number;
  readonly addressKey: Uint8Array;
}

export interface PasswordChanged {
  readonly changed: boolean;
  /** Seconds until the address is open to guesses again; null when it is. A locked one changes nothing. */
  readonly retry_after: number | null;
}

/** Sets the new password, ends every session but the caller's (S6), and forgives failures. */
export async function changePassword(
  database: Database,
  claims: AccessClaims,
  { newHash, passwordEpoch, addressKey }: PasswordChange,
  origin: Origin,
): Promise<PasswordChanged> {
  const changed = newEvent(
    'huleedu.identity.password.changed.v1',
    { type: 'user', id: claims.sub },
    { user_id: claims.sub, changed_at: origin.now.toISOString() },
    origin,
  );
  const [row] = await database.query<PasswordChanged>(
    `
    with ${caller}, ${locked},
    changed as (
      update users u
      set password_hash = :new_hash, password_epoch = u.password_epoch + 1, updated_at = :now::timestamptz
      from caller
      where
        u.user_id = caller.user_id
        and u.password_epoch = :password_epoch::integer
        and not exists (select from locked)
      returning u.user_id, u.password_epoch
    ),
    kept as (
      update sessions s
      set password_epoch = changed.password_epoch
      from changed
      where s.session_id = :caller_session::uuid
    ),
    ${revoke('s.user_id = changed.user_id and s.session_id <> :caller_session::uuid', 'from changed')},
    forgiven as (
      delete from login_failures
      where address_key = :address_key and exists (select from changed)
    ),
    announced as (${announce('events', 'changed')}),
    recorded as (${record('audit', 'changed')})
    select exists (select from changed) as changed, (select retry_after from locked) as retry_after`,
    {
      new_hash: newHash,
      password_epoch: passwordEpoch,
      address_key: addressKey,
      events: [changed],
      audit: [auditEntry('password.changed', claims.sub, origin)],
      ...callerParameters(claims, origin),
      ...revokeParameters('password_change', origin),
    },
  );
  return row ?? { changed: false, retry_after: null };
}
