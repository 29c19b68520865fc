/** What tokens and userinfo say of a person, by scope and by name (OpenID Connect Core §5.1, §5.4, §5.5). */
import { rolesOf, type TokenSubject } from './access-token.ts';
import type { Client } from './client.ts';
import type { RoleSettings } from './role-names.ts';
import { scopeNames, scopes } from './scopes.ts';

/** As the database has it now. */
export interface Person extends TokenSubject {
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly display_name: string | null;
  readonly locale: string | null;
  /** Seconds since the epoch. */
  readonly updated_at: number;
  readonly org_name: string | null;
}

/** Everything that may be said; a claim without a value is left out (§5.3.2). */
const valuesOf = (person: Person, settings: RoleSettings): Readonly<Record<string, unknown>> => ({
  name: person.display_name ?? ([person.first_name, person.last_name].filter(Boolean).join(' ') || null),
  given_name: person.first_name,
  family_name: person.last_name || null,
  locale: person.locale,
  updated_at: person.updated_at,
  email: person.email,
  email_verified: person.email_verified,
  org_id: person.org_id,
  org_name: person.org_name,
  roles: rolesOf(person, settings),
});

/** The claims that come with these scopes. */
export const claimsOfScope = (granted: readonly string[]): string[] =>
  scopeNames.filter((name) => granted.includes(name)).flatMap((name) => [...scopes[name]]);

/**
 * Claims that a client asked for by name are given where a scope that it was granted has them: the person was asked
 * about scopes. Of our own clients nobody is asked; they get what their scopes may have.
 */
export function claimsByName(
  asked: readonly string[],
  granted: readonly string[],
  { first_party, scopes: own }: Pick<Client, 'first_party' | 'scopes'>,
): string[] {
  const allowed = claimsOfScope(first_party ? own : granted);
  return asked.filter((name) => allowed.includes(name));
}

/** `sub` is not among them: every answer has it. */
export function personClaims(
  names: readonly string[],
  person: Person,
  settings: RoleSettings,
): Record<string, unknown> {
  const values = valuesOf(person, settings);
  return Object.fromEntries(
    [...new Set(names)].filter((name) => (values[name] ?? null) !== null).map((name) => [name, values[name]]),
  );
}
