/** What a client was given, as the statements of its grants answer it. */
import type { TokenSession } from '../domain/access-token.ts';
import type { ClaimsRequest } from '../domain/authorization-request.ts';
import type { Person } from '../domain/person-claims.ts';

/** A client's session, as far as tokens say it. */
export interface Granted extends Person, TokenSession {
  readonly scope: readonly string[];
  /** Null where none was asked for. */
  readonly resource: readonly string[] | null;
  readonly claims: ClaimsRequest | null;
  readonly sid: string;
  /** Milliseconds since the epoch. */
  readonly authenticated_at: number;
  /** Since the code, in this session: POST /v1/auth/reauthenticate. */
  readonly authenticated_again?: boolean;
}

/** JSON comes as text from the Data API. */
export type GrantedRow = Omit<Granted, 'claims'> & { readonly claims: string | null };

export const grantedFrom = <Row extends GrantedRow>({ claims, ...row }: Row): Omit<Row, 'claims'> & Granted => ({
  ...row,
  claims: JSON.parse(claims ?? 'null'),
});

/** What a request at the token endpoint asks for; null: nothing narrower than what there is. */
export interface Narrowed {
  readonly scope: readonly string[] | null;
  readonly resource: readonly string[] | null;
  /** What counts as asked for where no resource was (RFC 8707 §2.2). */
  readonly defaultAudience: string;
}

const isWithin = (parameter: 'asked_scope' | 'asked_resource', given: string) => `
  not exists (
    select from jsonb_array_elements_text(:${parameter}::jsonb) as asked_for (name) where asked_for.name <> all (${given})
  )`;

/** True where what is asked for is within what a row `of` (a code, a session) has: never wider (S76). */
export const isScopeWithin = (of: string) => isWithin('asked_scope', `${of}.scope`);
export const isResourceWithin = (of: string) => `(
  cardinality(${resourceOf(of)}) is distinct from 0
  and ${isWithin('asked_resource', `coalesce(${resourceOf(of)}, array[:default_audience])`)}
)`;

/** Of the resources that a row has, those that its client still may ask for: it may have lost one since, as a scope. */
export function resourceOf(of: string) {
  return `case when ${of}.resource is not null then array(
    select given.name
    from clients its, unnest(${of}.resource) with ordinality as given (name, place)
    where its.client_id = ${of}.client_id and given.name = any (its.audiences)
    order by given.place
  ) end`;
}

export const narrowedParameters = ({ scope, resource, defaultAudience }: Narrowed) => ({
  asked_scope: scope,
  asked_resource: resource,
  default_audience: defaultAudience,
});
