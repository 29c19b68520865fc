/**
 * What a token must have beyond being valid. Anybody may create an organisation and have any role in it, so a role
 * counts only inside its `org_id` (S64): a demand for a role must name the organisation, too. A demand that makes no
 * sense is a TypeError, since a misspelt or missing demand would let everybody in.
 */
import { isMachine, type MachineClaims, type VerifiedClaims } from './claims.ts';
import { ROLE_NAME } from './role-name.ts';
import { TokenError } from './token-error.ts';

/** `platform:admin`: the platform's operator grants it, and it holds everywhere. */
export type PlatformRole = `platform:${string}`;

/** Of what the token's client may do, and which it is. */
export interface ClientDemands {
  /**
   * All of these scopes (RFC 6749 §3.3). A token of a password login at `/v1` has no scope: demand scopes only where every
   * caller comes by OAuth.
   */
  readonly scopes?: readonly string[];
  /** One of these clients. */
  readonly clients?: readonly string[];
}

/** Of how, and when, the person signed in (RFC 9470). A machine never did. */
export interface LevelDemands {
  /** At least this level, of {@link levels}. */
  readonly acr?: Level;
  /** Seconds since the person authenticated, at most; clocks may differ as the verifier's `clockSkewSeconds` says. */
  readonly maxAge?: number;
}

/** The weakest first: one factor; two, or a passkey; a passkey. */
export const levels = ['urn:identity:acr:1', 'urn:identity:acr:2', 'phr'] as const;
export type Level = (typeof levels)[number];

/** All demands that are given must hold. */
export type Demands = ClientDemands &
  LevelDemands &
  (
    | {
        /** At least one of these roles. */
        readonly roles?: readonly PlatformRole[];
        readonly orgId?: undefined;
      }
    | {
        /** At least one of these roles, in the organisation. */
        readonly roles?: readonly string[];
        /** The token's organisation: the one whose data the request is about. */
        readonly orgId: string;
      }
  );

/** For a call to a verifier that is made for one organisation. */
export interface DemandsWithin extends ClientDemands, LevelDemands {
  readonly roles?: readonly string[];
  readonly orgId?: string;
}

const isRoleName = (role: unknown) => typeof role === 'string' && ROLE_NAME.test(role.replace(/^platform:/, ''));

/** @throws TypeError that names the option */
export function assertKnown(given: object, known: readonly string[]): void {
  // A list or a Map has none of these keys, and would demand nothing.
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw new TypeError(`options must be an object with ${known.join(', ')}`);
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`${unknown} is not an option; the options are ${known.join(', ')}`);
}

const DEMANDS = ['roles', 'orgId', 'scopes', 'clients', 'acr', 'maxAge'] as const;
export const demandNames: readonly string[] = DEMANDS;

/** A copy, as the caller may change the original later. */
export const copyOf = (given: DemandsWithin): DemandsWithin =>
  Object.fromEntries(
    DEMANDS.filter((name) => name in given).map((name) => {
      const value = given[name];
      return [name, Array.isArray(value) ? [...value] : value];
    }),
  );

/** RFC 6749 §3.3 and §A.1: no space, quotation mark or backslash. */
const NAME = /^[!#-[\]-~]+$/;

/** @throws TypeError that names the option */
export function assertOfClients(demands: ClientDemands): void {
  for (const option of ['scopes', 'clients'] as const) {
    if (!(option in demands)) continue;
    const names: unknown = demands[option];
    if (!Array.isArray(names) || names.length === 0) {
      throw new TypeError(`${option}: name at least one; leave \`${option}\` out to accept every valid token`);
    }
    const odd = names.find((name) => typeof name !== 'string' || !NAME.test(name));
    if (odd !== undefined) throw new TypeError(`${option}: ${JSON.stringify(odd)} is not a name`);
  }
}

/** @throws TypeError that names the option */
export function assertLevel(demands: LevelDemands): void {
  if ('acr' in demands && !levels.some((level) => level === demands.acr)) {
    throw new TypeError(`acr: ${JSON.stringify(demands.acr)} is not one of ${levels.join(', ')}`);
  }
  if ('maxAge' in demands && !(Number.isInteger(demands.maxAge) && Number(demands.maxAge) > 0)) {
    throw new TypeError(`maxAge: ${JSON.stringify(demands.maxAge)} is not a number of seconds`);
  }
}

/**
 * @param isWithin whether an organisation is demanded, too
 * @throws TypeError that names the option
 */
export function assertRoles(demands: DemandsWithin, isWithin: boolean): void {
  if (!('roles' in demands)) return;
  const { roles } = demands;
  if (!Array.isArray(roles) || roles.length === 0) {
    throw new TypeError('roles: name at least one; leave `roles` out to accept every valid token');
  }
  for (const role of roles) {
    if (!isRoleName(role)) throw new TypeError(`roles: ${JSON.stringify(role)} is not a role name`);
  }
  const ofOrganization = roles.find((role) => !role.startsWith('platform:'));
  if (ofOrganization !== undefined && !isWithin) {
    throw new TypeError(`roles: "${ofOrganization}" holds only inside an organisation: demand its orgId, too`);
  }
}

/**
 * @param now seconds, less how far clocks may differ
 * @throws TokenError FORBIDDEN, INSUFFICIENT_USER_AUTHENTICATION: what the person can mend comes last
 */
export function checkDemands(claims: VerifiedClaims | MachineClaims, demands: DemandsWithin, now: number): void {
  const { org_id: orgId, roles } = isMachine(claims) ? { org_id: null, roles: [] as readonly string[] } : claims;
  // It may be named but undefined: a request without the header or parameter for it is for no organisation.
  if ('orgId' in demands && (typeof demands.orgId !== 'string' || demands.orgId !== orgId)) {
    throw new TokenError('FORBIDDEN', 'the token is for another organisation');
  }
  if (demands.roles && !demands.roles.some((role) => roles?.includes(role))) {
    throw new TokenError('FORBIDDEN', `one of these roles is needed: ${demands.roles.join(', ')}`);
  }
  if (demands.clients && !demands.clients.some((client) => client === claims.client_id)) {
    throw new TokenError('FORBIDDEN', 'the token was given to another client');
  }
  const held = claims.scope?.split(' ') ?? [];
  if (demands.scopes && !demands.scopes.every((scope) => held.includes(scope))) {
    const scope = demands.scopes.join(' ');
    throw new TokenError('FORBIDDEN', `the token lacks a scope of: ${scope}`, { scope });
  }
  const { acr, maxAge } = demands;
  if (acr === undefined && maxAge === undefined) return;
  if (isMachine(claims)) throw new TokenError('FORBIDDEN', 'a machine has not signed in');
  const rank = levels.findIndex((level) => level === claims.acr);
  const isSure = acr === undefined || rank >= levels.indexOf(acr);
  const isRecent = maxAge === undefined || (claims.auth_time ?? 0) >= now - maxAge;
  if (!isSure || !isRecent) {
    throw new TokenError('INSUFFICIENT_USER_AUTHENTICATION', 'the person has to authenticate again', {
      stepUp: { acr, maxAge },
    });
  }
}
