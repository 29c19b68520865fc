/** The parameter `claims` (OpenID Connect Core §5.5): which claims a client asks for by name. */
import { AuthorizationFault } from './authorization-fault.ts';
import type { ClaimsRequest } from './authorization-request.ts';
import { claimNames } from './scopes.ts';
import { isStorable } from './storable-text.ts';

export interface ParsedClaims {
  readonly claims: ClaimsRequest;
  /** The one person that the answer may be about. */
  readonly sub?: string;
}

const MOST_ACRS = 10;
const invalid = (description: string) => new AuthorizationFault('invalid_request', description);

/**
 * Claims that there are not, and members that mean nothing here, are ignored (§5.5).
 * @throws AuthorizationFault invalid_request for what is no JSON object of objects
 */
export function parseClaims(text: string | undefined): ParsedClaims | undefined {
  if (text === undefined) return undefined;
  const { id_token: idToken, userinfo } = membersOf(parseJson(text), 'claims');
  const inToken = idToken === undefined ? {} : membersOf(idToken, 'claims.id_token');
  const atUserinfo = userinfo === undefined ? {} : membersOf(userinfo, 'claims.userinfo');
  const essentialAcr = essentialValues(inToken.acr);
  const sub = valuesOf(inToken.sub)[0] ?? valuesOf(atUserinfo.sub)[0];
  return {
    claims: {
      ...(idToken === undefined ? {} : { id_token: knownOf(inToken) }),
      ...(userinfo === undefined ? {} : { userinfo: knownOf(atUserinfo) }),
      ...(essentialAcr.length > 0 ? { essentialAcr } : {}),
    },
    ...(sub === undefined ? {} : { sub }),
  };
}

type Members = Readonly<Partial<Record<string, unknown>>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('claims is not JSON.');
  }
}

/** Without a prototype: a claim may be called `constructor`. */
function membersOf(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${name} is not an object.`);
  return Object.assign(Object.create(null), value) as Members;
}

const knownOf = (asked: Members) => claimNames.filter((name) => name in asked);

/** §5.5.1: `value`, or several of which one will do. */
function valuesOf(asked: unknown): string[] {
  if (typeof asked !== 'object' || asked === null) return [];
  const { value, values } = asked as { readonly value?: unknown; readonly values?: unknown };
  const all = [value, ...(Array.isArray(values) ? values.slice(0, MOST_ACRS) : [])];
  return all.filter((one): one is string => typeof one === 'string' && isStorable(one));
}

/** §5.5.1.1: an `acr` that is essential has to be one of its values. */
function essentialValues(acr: unknown): string[] {
  const isEssential = typeof acr === 'object' && acr !== null && (acr as { essential?: unknown }).essential === true;
  return isEssential ? valuesOf(acr) : [];
}
