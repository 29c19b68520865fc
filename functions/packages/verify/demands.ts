/**
 * What a token must have beyond being valid. Anybody may create an organisation and have any role in it, so a role
 * counts only inside its `org_id` (S64): a demand for a role must name the organisation, too. A demand that makes no
 * sense is a TypeError, since a misspelt or missing demand would let everybody in.
 */
import type { VerifiedClaims } from './claims.ts';
import { ROLE_NAME } from './role-name.ts';
import { TokenError } from './token-error.ts';

/** `platform:admin`: the platform's operator grants it, and it holds everywhere. */
export type PlatformRole = `platform:${string}`;

/** All demands that are given must hold. */
export type Demands =
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
    };

/** For a call to a verifier that is made for one organisation. */
export interface DemandsWithin {
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

/** A copy, as the caller may change the original later. */
export const copyOf = (given: DemandsWithin): DemandsWithin => ({
  ...('roles' in given ? { roles: Array.isArray(given.roles) ? [...given.roles] : given.roles } : {}),
  ...('orgId' in given ? { orgId: given.orgId } : {}),
});

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

/** @throws TokenError FORBIDDEN */
export function checkDemands({ roles: held, org_id }: VerifiedClaims, demands: DemandsWithin): void {
  // It may be named but undefined: a request without the header or parameter for it is for no organisation.
  if ('orgId' in demands && (typeof demands.orgId !== 'string' || demands.orgId !== org_id)) {
    throw new TokenError('FORBIDDEN', 'the token is for another organisation');
  }
  if (demands.roles && !demands.roles.some((role) => held?.includes(role))) {
    throw new TokenError('FORBIDDEN', `one of these roles is needed: ${demands.roles.join(', ')}`);
  }
}
