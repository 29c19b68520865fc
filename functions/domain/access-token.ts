/** Access tokens: the claims and their JWT form (RFC 9068). KMS signs them: aws/signer.ts. */
import { randomUUID } from 'node:crypto';
import type { OrgId, SessionId, UserId } from './ids.ts';
import { isRole, type RoleSettings, rolesWithoutOrganization } from './role-names.ts';
import type { Settings } from './settings.ts';

/** The claims of a verified token. */
export interface AccessClaims {
  readonly iss: string;
  readonly sub: UserId;
  readonly aud: string;
  readonly client_id: string;
  /** Seconds since the epoch, as `iat`. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid: SessionId;
  readonly org_id: OrgId | null;
  /** The active organisation's, or `defaultRole` without one; and the platform roles, prefixed `platform:`. */
  readonly roles: readonly string[];
  readonly email_verified: boolean;
  /** When the person last gave the password, seconds since the epoch (RFC 9068 §2.2.1); refreshing does not renew it. */
  readonly auth_time: number;
}

/** Who a token is made for, as the database has it now. */
export interface TokenSubject {
  readonly user_id: UserId;
  readonly email_verified: boolean;
  readonly org_id: OrgId | null;
  readonly roles: readonly string[];
  readonly platform_roles: readonly string[];
}

/** An organisation's role names may not begin with it, so that no tenant can make a platform admin. */
export const PLATFORM_PREFIX = 'platform:';

/** RFC 9068 §2.2 requires a client; a password login at `/v1` uses the platform's own. */
const OWN_CLIENT = 'first-party';

/** The session that a token belongs to, and the time it is made. */
export interface TokenOccasion {
  readonly sessionId: SessionId;
  readonly now: Date;
  /** When the person last gave the password; `now` by default. */
  readonly authenticatedAt?: Date;
}

export type TokenSettings = RoleSettings & Pick<Settings, 'issuer' | 'audience' | 'accessTokenSeconds'>;

export function accessClaims(
  subject: TokenSubject,
  { sessionId, now, authenticatedAt = now }: TokenOccasion,
  settings: TokenSettings,
): AccessClaims {
  const iat = seconds(now);
  return {
    iss: settings.issuer,
    sub: subject.user_id,
    aud: settings.audience,
    client_id: OWN_CLIENT,
    exp: iat + settings.accessTokenSeconds,
    iat,
    jti: randomUUID(),
    sid: sessionId,
    org_id: subject.org_id,
    roles: rolesOf(subject, settings),
    email_verified: subject.email_verified,
    auth_time: seconds(authenticatedAt),
  };
}

const seconds = (time: Date) => Math.floor(time.getTime() / 1000);

/**
 * A role name that the stage no longer has (`organizations.roles`) is left out, and so are the platform roles of an
 * account whose address is not proved (S56).
 */
export const rolesOf = (
  { org_id, roles, platform_roles, email_verified }: Omit<TokenSubject, 'user_id'>,
  settings: RoleSettings,
): string[] => [
  ...(org_id === null ? rolesWithoutOrganization(settings) : roles.filter((role) => isRole(role, settings))),
  ...(email_verified ? platform_roles.map((role) => `${PLATFORM_PREFIX}${role}`) : []),
];

/**
 * Makes the token of these claims, in JWS compact form (RFC 7515 §7.1): aws/signer.ts.
 * @throws Problem SERVICE_UNAVAILABLE when it cannot be signed for now
 */
export type SignToken = (claims: AccessClaims) => Promise<string>;

/**
 * Asked before any work that ends in a token, so that a request whose token could not be signed costs nothing, and
 * changes nothing.
 * @throws Problem SERVICE_UNAVAILABLE while too many signatures are refused (load-shed.ts)
 */
export type AdmitSigning = () => SignToken;

/** Header and claims as they are signed: `header.payload` (RFC 7515 §5.1). */
export function signingInput(claims: AccessClaims, kid: string): string {
  return `${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${encode(claims)}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
