/**
 * Flows: what a request does, once for every door. A use case a file: `flow(needs, input, context)`.
 *
 * - `needs`: what it is handed of {@link Needs}, and the settings that it goes by; a route makes them once (functions/stage).
 * - `input`: what the door has read and checked, in the words of the domain.
 * - It answers with a value or throws a Problem. It knows no HTTP, no cookie and no page, and imports nothing of aws.
 *
 * A door translates: it parses, calls a flow and answers. A route that only asks one store function, and answers what that
 * says, has no flow: there the statement decides.
 */
import type { AccessClaims, AdmitSigning } from '../domain/access-token.ts';
import type { DeviceTokens } from '../domain/device-token.ts';
import type { EmailLogins } from '../domain/email-login.ts';
import type { HmacKeys } from '../domain/key-versions.ts';
import type { OneTimeTokens } from '../domain/one-time-token.ts';
import type { PasswordHasher } from '../domain/password-hash.ts';
import type { IsBreached } from '../domain/password-policy.ts';
import type { PendingSignIns } from '../domain/pending-sign-in.ts';
import type { Pseudonyms } from '../domain/pseudonym.ts';
import type { RefreshTokens } from '../domain/refresh-token.ts';
import type { TotpSecrets } from '../domain/totp-secrets.ts';
import type { PasskeyChallenges } from '../domain/webauthn/challenge.ts';
import type { Database } from '../store/database.ts';

export interface Needs {
  readonly database: Database;
  readonly pseudonyms: Pseudonyms;
  readonly passwords: PasswordHasher;
  readonly isBreached: IsBreached;
  readonly oneTimeTokens: OneTimeTokens;
  /** Of the codes in verification mails. */
  readonly codeKey: HmacKeys;
  readonly refreshTokens: RefreshTokens;
  readonly deviceTokens: DeviceTokens;
  /** Between the first factor and the second. */
  readonly pendingSignIns: PendingSignIns;
  readonly totpSecrets: TotpSecrets;
  readonly recoveryKey: HmacKeys;
  /** Between asking for a mailed code and giving it. */
  readonly emailLogins: EmailLogins;
  readonly passkeyChallenges: PasskeyChallenges;
  readonly admitSigning: AdmitSigning;
  /** In the status lists, for a session to come; null where there are none. */
  readonly takeStatusIndex: () => Promise<number | null>;
  /** @returns null for what is no valid access token of ours */
  readonly findClaims: (token: string, now: Date) => Promise<AccessClaims | null>;
}

/** Some of the needs, and the settings that go with them. */
export type Needing<Need extends keyof Needs, Settings = unknown> = Pick<Needs, Need> & {
  readonly settings: Settings;
};
