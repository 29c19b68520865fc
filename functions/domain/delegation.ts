/**
 * What a client gets for a person's token that was meant for it (RFC 8693): never more than the person's token and the
 * client have, for no longer, and with the client's name in it. So however many services pass it on, nothing grows (S76).
 */
import { randomUUID } from 'node:crypto';
import {
  type AccessClaims,
  type Actor,
  audienceClaim,
  confirmation,
  inSeconds,
  lifetime,
  type TokenGrant,
  type TokenSettings,
} from './access-token.ts';
import type { Client } from './client.ts';
import { Problem } from './problem.ts';

/** Services that have passed a person's token on, this one too: a longer way is a circle, and its tokens become long. */
const MOST_ACTORS = 8;

/** RFC 8693 §2.2.2 calls a token that is not valid or not acceptable an `invalid_request`. */
export const refusedSubject = (why: string) => new Problem('VALIDATION_ERROR', { detail: `The subject_token ${why}.` });

/**
 * A client is what its id names. One of ours is each of its audiences, too: those are the stage's own services. To those
 * of others, the audiences that they may ask for say nothing of what they are.
 */
function isMeantFor({ client_id, first_party, audiences }: Client, { aud }: AccessClaims): boolean {
  const is = first_party ? [client_id, ...audiences] : [client_id];
  return [aud].flat().some((name) => is.includes(name));
}

export interface AskedOfDelegation {
  readonly scope?: readonly string[] | undefined;
  /** `resource` and `audience`, which name the same here. */
  readonly resource: readonly string[];
}

/**
 * @param subject verified, of a person
 * @returns what the client may have
 * @throws Problem VALIDATION_ERROR, SCOPE_INVALID, TARGET_INVALID
 */
export function delegation(
  subject: AccessClaims,
  client: Client,
  asked: AskedOfDelegation,
  { issuer }: Pick<TokenSettings, 'issuer'>,
): TokenGrant {
  // For us alone: whoever has it is to set a second factor up first (S86).
  if ([subject.aud].flat().includes(issuer) || !isMeantFor(client, subject))
    throw refusedSubject('is not meant for you');
  // Whoever passes it on has not the key that it is bound to (S80).
  if ('cnf' in subject) throw refusedSubject('is bound to a key');
  if (actorsOf(subject.act) >= MOST_ACTORS) throw refusedSubject('has been passed on too often');
  // `/v1` gives who comes there further tokens, which would be of no actor and last longer. A token of the JSON door has all
  // scopes.
  const both = client.scopes.filter((name) => name !== 'account' && (subject.scope?.split(' ').includes(name) ?? true));
  if (asked.scope?.some((name) => !both.includes(name))) throw new Problem('SCOPE_INVALID');
  if (asked.resource.some((name) => !client.audiences.includes(name))) throw new Problem('TARGET_INVALID');
  return {
    clientId: client.client_id,
    scope: asked.scope ?? both,
    audience: asked.resource.length > 0 ? [...new Set(asked.resource)] : client.audiences.slice(0, 1),
    seconds: client.access_token_seconds,
    jkt: null,
  };
}

const actorsOf = (act: Actor | undefined): number => (act ? 1 + actorsOf(act.act) : 0);

/**
 * The session stays the person's: what ends it ends this, too, for whoever looks (introspection, events).
 * @param now the person's roles, as the database has them
 */
export function delegatedClaims(
  { iss, sub, exp, sid, org_id, roles, auth_time, acr, amr, status, act }: AccessClaims,
  state: Pick<AccessClaims, 'roles' | 'email_verified'>,
  grant: TokenGrant,
  now: Date,
  settings: TokenSettings,
): AccessClaims {
  const iat = inSeconds(now);
  return {
    ...{ iss, sub, aud: audienceClaim(grant), client_id: grant.clientId },
    ...{ exp: Math.min(exp, iat + lifetime(settings, grant)), iat, jti: randomUUID(), sid, org_id },
    roles: roles.filter((role) => state.roles.includes(role)),
    email_verified: state.email_verified,
    ...{ auth_time, acr, amr, scope: grant.scope.join(' ') },
    ...(status && { status }),
    act: { sub: grant.clientId, ...(act && { act }) },
    ...confirmation(grant),
  };
}
