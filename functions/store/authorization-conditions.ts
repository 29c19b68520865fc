/**
 * What of a request for authorization depends on its client: said once, for the statement that issues a code and for the
 * one that takes a pushed request (RFC 9126 §2.1: it is checked as it would be at the authorization endpoint).
 */
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import { redirectKey } from '../domain/client.ts';
import { DEVICE_GRANT } from '../domain/device-code.ts';
import { emailKey } from '../domain/email-address.ts';

/** Of a request `r` and a client `c`, which is all null where there is no such client that may ask. */
export interface ClientConditions {
  readonly is_client: boolean;
  /** The redirect URI is the client's. Without the two of them nothing is answered to it (S74). */
  readonly is_redirect: boolean;
  readonly has_grant: boolean;
  readonly has_pkce: boolean;
  readonly is_resource: boolean;
}

export const clientConditions = {
  is_client: 'c.client_id is not null',
  // What a device asks for is answered by ourselves.
  is_redirect: `coalesce(r.device is not null or r."redirectKey" = any (c.redirect_keys), false)`,
  has_grant: `coalesce(
    case when r.device is null then 'authorization_code' else '${DEVICE_GRANT}' end = any (c.grants), false
  )`,
  has_pkce: `coalesce(
    case c.pkce
      when 'required' then r."codeChallenge" is not null
      when 'pkce-or-nonce' then r."codeChallenge" is not null or r.nonce is not null
      else true
    end
    or r.device is not null,
    false
  )`,
  is_resource: 'coalesce(r.resource <@ c.audiences, false)',
} as const satisfies Record<keyof ClientConditions, string>;

/** The request as SQL reads it: of a JSON object, what statements need. */
export const requestOf = (json: string) => `
  jsonb_to_record(${json}) as r (
    "clientId" text, "redirectKey" text, "redirectUri" text, nonce text, scope text[], resource text[],
    "codeChallenge" text, "dpopJkt" text, prompt text[], "maxAge" bigint, "loginKey" text, claims jsonb, "acrValues" text[],
    "hintedSub" text, device text, "arrivedAt" bigint
  )`;

/** A request with what it is compared by. */
export interface ComparableRequest extends AuthorizationRequest {
  readonly redirectKey: string | null;
  /** The address that `login_hint` names; null for a hint of another kind, which is no more than that. */
  readonly loginKey: string | null;
}

export const comparable = (request: AuthorizationRequest): ComparableRequest => ({
  ...request,
  redirectKey: redirectKey(request.redirectUri),
  loginKey: request.loginHint?.includes('@') ? emailKey(request.loginHint) : null,
});

/** Without what was only added for the comparison. */
export function requestFrom(json: string): AuthorizationRequest {
  const { redirectKey: _, loginKey: __, ...request } = JSON.parse(json) as ComparableRequest;
  return request;
}

/**
 * The CTE `c`: the client of `r`. Locked before anything is decided, as all that follows: one that is removed at this moment
 * is waited for, and is gone then.
 */
const clientWhere = (condition: string) => `
  c as (
    select c.*
    from clients c
    join r on c.client_id = r."clientId"
    ${condition}
    for key share of c
  )`;
export const clientOfRequest = clientWhere('');
/** The same where a document that is not fresh is read anew first (flows/find-current-client.ts). */
export const freshClientOfRequest = clientWhere(
  "where c.source <> 'document' or (:documents and c.fresh_until > :now::timestamptz)",
);

/** The CTE `granted`: what of the scopes that are asked for the client may have. */
export const grantedScope = `
  granted as (
    select array(select name from unnest(r.scope) as name where name = any (c.scopes)) as scope
    from r, c
  )`;

/** Columns, each under its condition's name. */
export const named = (conditions: Readonly<Record<string, string>>) =>
  Object.entries(conditions)
    .map(([name, condition]) => `${condition} as ${name}`)
    .join(',\n      ');

export const allOf = (conditions: Readonly<Record<string, string>>) => Object.keys(conditions).join(' and ');
