/**
 * What a token must say beyond being valid. Anybody may found an organisation and be whatever they like in it, so a role
 * counts inside its `org_id` alone (S64): who demands one demands the organisation too. What cannot be meant is refused
 * with a TypeError, since a demand that is misspelt or not set would let everybody in.
 */
import type { VerifiedClaims } from './claims.ts';
import { ROLE_NAME } from './role-name.ts';
import { TokenError } from './token-error.ts';

/** `platform:admin`: given by the platform's operator, and good everywhere. */
export type PlatformRole = `platform:${string}`;

/** All that is named must hold. */
export type Demands =
  | {
      /** One of these roles at least. */
      readonly roles?: readonly PlatformRole[];
      readonly orgId?: undefined;
    }
  | {
      /** One of these roles at least, in the organisation. */
      readonly roles?: readonly string[];
      /** The token's organisation: that of the data which the request is about. */
      readonly orgId: string;
    };

/** Of a call to a verifier that is made for one organisation. */
export interface DemandsWithin {
  readonly roles?: readonly string[];
  readonly orgId?: string;
}

const isRoleName = (role: unknown) => typeof role === 'string' && ROLE_NAME.test(role.replace(/^platform:/, ''));

/** @throws TypeError naming the option */
export function assertKnown(given: object, known: readonly string[]): void {
  // A list or a Map has no such key, and would demand nothing.
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw new TypeError(`options are an object with ${known.join(', ')}`);
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`${unknown} is no option; there are ${known.join(', ')}`);
}

/** As they are now: whoever made them may go on to change them. */
export const copyOf = (given: DemandsWithin): DemandsWithin => ({
  ...('roles' in given ? { roles: Array.isArray(given.roles) ? [...given.roles] : given.roles } : {}),
  ...('orgId' in given ? { orgId: given.orgId } : {}),
});

/**
 * @param isWithin whether an organisation is demanded beside
 * @throws TypeError naming the option
 */
export function assertRoles(demands: DemandsWithin, isWithin: boolean): void {
  if (!('roles' in demands)) return;
  const { roles } = demands;
  if (!Array.isArray(roles) || roles.length === 0) {
    throw new TypeError('roles: name one at least; only without `roles` is every valid token taken');
  }
  for (const role of roles) {
    if (!isRoleName(role)) throw new TypeError(`roles: ${JSON.stringify(role)} is no role name`);
  }
  const ofOrganization = roles.find((role) => !role.startsWith('platform:'));
  if (ofOrganization !== undefined && !isWithin) {
    throw new TypeError(`roles: "${ofOrganization}" holds inside an organisation alone: demand its orgId too`);
  }
}

/** @throws TokenError FORBIDDEN */
export function checkDemands({ roles: held, org_id }: VerifiedClaims, demands: DemandsWithin): void {
  // Named and not there: a request without the header or parameter that it is taken from is for no organisation.
  if ('orgId' in demands && (typeof demands.orgId !== 'string' || demands.orgId !== org_id)) {
    throw new TokenError('FORBIDDEN', 'the token is for another organisation');
  }
  if (demands.roles && !demands.roles.some((role) => held?.includes(role))) {
    throw new TokenError('FORBIDDEN', `one of these roles is needed: ${demands.roles.join(', ')}`);
  }
}
