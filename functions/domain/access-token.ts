/** Access tokens: the claims and their JWT form (RFC 9068). KMS signs them: aws/signer.ts. */
import { randomUUID } from 'node:crypto';
import { type AuthenticationLevel, levelOf, type SessionLevel } from './authentication-level.ts';
import type { ClientId, OrgId, SessionId, UserId } from './ids.ts';
import { isRole, type RoleSettings, rolesWithoutOrganization } from './role-names.ts';
import type { Settings } from './settings.ts';
import { type StatusReference, statusReference } from './status-list.ts';

/** The claims of a verified token of a person. */
export interface AccessClaims {
  readonly iss: string;
  readonly sub: UserId;
  /** Several where a client asked for several resources (RFC 8707). */
  readonly aud: string | string[];
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
  /** When the person last showed who they are, seconds since the epoch (RFC 9068 §2.2.1); refreshing does not renew it. */
  readonly auth_time: number;
  /** What a client was given, with spaces between (RFC 9068 §2.2.3). A token of the JSON door has none: it may do all. */
  readonly scope?: string;
  /** How the person signed in, and how sure that is (domain/authentication-level.ts). */
  readonly acr: string;
  readonly amr: readonly string[];
  readonly cnf?: Confirmation;
  /** Where it is said that the session has ended; only where the stage has status lists. */
  readonly status?: StatusReference;
  /** Of a token that a client has exchanged another for (domain/delegation.ts). */
  readonly act?: Actor;
}

/** RFC 8693 §4.1: the client that acts for the person, and in it whose token it showed. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** The claims of a token that a machine has in its own name: nobody's session. */
export interface MachineClaims {
  readonly iss: string;
  /** The client itself. */
  readonly sub: ClientId;
  readonly aud: string | string[];
  readonly client_id: ClientId;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly scope: string;
  readonly cnf?: Confirmation;
}

/** The thumbprint of the key that a token is bound to (RFC 7800 §3.1, RFC 9449 §6.1). */
export interface Confirmation {
  readonly jkt: string;
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

/** RFC 9068 §2.2 requires a client; a password login at `/v1` uses the platform's own. No client may have this name. */
export const OWN_CLIENT = 'first-party';

/** What a client's token is for, as far as the token says it. */
export interface TokenGrant {
  readonly clientId: ClientId;
  readonly scope: readonly string[];
  /** The resources that were asked for, or the client's default audience. */
  readonly audience: readonly string[];
  /** The client's own lifetime, which cuts the stage's; null: the stage's. */
  readonly seconds: number | null;
  /** Of the key that it is bound to; null: whoever bears it may use it. */
  readonly jkt: string | null;
}

/** What statements answer of the row of a session, for its tokens. */
export interface TokenSession extends SessionLevel {
  readonly status_index: number | null;
}

/** What an occasion has of it. */
export const sessionOf = (row: TokenSession): Pick<TokenOccasion, 'level' | 'statusIndex'> => ({
  level: levelOf(row),
  statusIndex: row.status_index,
});

/** The session that a token belongs to, and the time it is made. */
export interface TokenOccasion {
  readonly sessionId: SessionId;
  readonly now: Date;
  /** When the person last showed who they are; `now` by default. */
  readonly authenticatedAt?: Date;
  readonly level: AuthenticationLevel;
  /** In the status lists; null: in none. */
  readonly statusIndex: number | null;
  /**
   * Level 2 is demanded, and not shown: the token is for us alone, so that no service takes it, has no organisation and no
   * role, and our routes take it where a second factor is set up (S86).
   */
  readonly enrolsOnly?: boolean;
  /** Of a token for a client. */
  readonly client?: TokenGrant;
}

export type TokenSettings = RoleSettings & Pick<Settings, 'issuer' | 'audience' | 'accessTokenSeconds'>;

export function accessClaims(
  subject: TokenSubject,
  { sessionId, now, authenticatedAt = now, level, statusIndex, enrolsOnly = false, client }: TokenOccasion,
  settings: TokenSettings,
): AccessClaims {
  const iat = inSeconds(now);
  return {
    iss: settings.issuer,
    sub: subject.user_id,
    aud: enrolsOnly ? settings.issuer : client ? audienceClaim(client) : settings.audience,
    client_id: client?.clientId ?? OWN_CLIENT,
    exp: iat + lifetime(settings, client),
    iat,
    jti: randomUUID(),
    sid: sessionId,
    org_id: enrolsOnly ? null : subject.org_id,
    roles: enrolsOnly ? [] : rolesOf(subject, settings),
    email_verified: subject.email_verified,
    auth_time: inSeconds(authenticatedAt),
    ...level,
    ...(statusIndex !== null && { status: statusReference(statusIndex, settings.issuer) }),
    ...(client && { scope: client.scope.join(' '), ...confirmation(client) }),
  };
}

/**
 * What an occasion has of the client whose token this was: nobody who comes with a client's token goes with one that may
 * more.
 */
export const clientOf = ({ client_id, scope, aud, exp, iat, cnf }: AccessClaims): Pick<TokenOccasion, 'client'> =>
  scope === undefined
    ? {}
    : {
        client: {
          clientId: client_id as ClientId,
          scope: scope.split(' '),
          audience: [aud].flat(),
          seconds: exp - iat,
          jkt: cnf?.jkt ?? null,
        },
      };

export function machineClaims(client: TokenGrant, now: Date, settings: TokenSettings): MachineClaims {
  const iat = inSeconds(now);
  return {
    iss: settings.issuer,
    sub: client.clientId,
    aud: audienceClaim(client),
    client_id: client.clientId,
    exp: iat + lifetime(settings, client),
    iat,
    jti: randomUUID(),
    scope: client.scope.join(' '),
    ...confirmation(client),
  };
}

export const confirmation = ({ jkt }: TokenGrant): { cnf?: Confirmation } => (jkt === null ? {} : { cnf: { jkt } });

/** How a token is presented, and by which key, as introspection says it (RFC 9449 §6.2). */
export const schemeOf = ({ cnf }: { readonly cnf?: Confirmation | undefined }) =>
  cnf ? ({ token_type: 'DPoP', cnf: { jkt: cnf.jkt } } as const) : ({ token_type: 'Bearer' } as const);

/** RFC 7519 §4.1.3: one audience is a text. API Gateway's JWT authorizers take either. */
export const audienceClaim = ({ audience: [only = '', ...more] }: TokenGrant) =>
  more.length === 0 ? only : [only, ...more];

/** How long an access token of the client is valid, seconds. */
export const lifetime = (
  { accessTokenSeconds }: Pick<Settings, 'accessTokenSeconds'>,
  client?: Pick<TokenGrant, 'seconds'>,
): number => Math.min(accessTokenSeconds, client?.seconds ?? accessTokenSeconds);

export const inSeconds = (time: Date) => Math.floor(time.getTime() / 1000);

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
 * The kinds of token that the stage's key signs, as the header says them: `typ`, so that none passes for another (RFC 8725
 * §3.11). `at+jwt`: RFC 9068 §2.1; `JWT`: ID tokens; `statuslist+jwt`: status lists; `logout+jwt`: OpenID Connect Back-Channel
 * Logout 1.0 §2.4.
 */
export type TokenType = 'at+jwt' | 'JWT' | 'statuslist+jwt' | 'logout+jwt';

/**
 * Makes the token of these claims, in JWS compact form (RFC 7515 §7.1): aws/signer.ts.
 * @param type of an access token by default
 * @throws Problem SERVICE_UNAVAILABLE when it cannot be signed for now
 */
export type SignToken = (claims: object, type?: TokenType) => Promise<string>;

/**
 * Asked before any work that ends in a token, so that a request whose token could not be signed costs nothing, and
 * changes nothing.
 * @throws Problem SERVICE_UNAVAILABLE while too many signatures are refused (load-shed.ts)
 */
export type AdmitSigning = () => SignToken;

/** Header and claims as they are signed: `header.payload` (RFC 7515 §5.1). */
export function signingInput(claims: object, kid: string, type: TokenType = 'at+jwt'): string {
  return `${encode({ alg: 'RS256', typ: type, kid })}.${encode(claims)}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
