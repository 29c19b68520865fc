/** Scopes that a client may be given, and the claims that come with each (OpenID Connect Core §5.4). */

export const scopes = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  org: ['org_id', 'org_name', 'roles'],
  /** The session outlives the browser's (§11). */
  offline_access: [],
  /** Opens `/v1` in the person's name: for first-party clients, and others by consent. */
  account: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as Scope[];
export const isScope = (name: string): name is Scope => Object.hasOwn(scopes, name);

/** Every claim that userinfo may answer, and an ID token if it is asked for. */
export const claimNames: readonly string[] = [...new Set(Object.values(scopes).flat())];

/**
 * A name such as `essays:read`, which another service gives a meaning: a client has it in its own name, or passes it on. It
 * has a part that none of ours has, so that a later one of ours is nobody's already.
 */
export const isOfResource = (name: string) => /^[a-z][a-z0-9_-]{0,39}([:./][a-z0-9_-]{1,40}){1,4}$/.test(name);

/** RFC 6749 §3.3: names with a space between them. Unknown ones are dropped; the answer says what was given. */
export const parseScope = (text: string): Scope[] => [...new Set(text.split(' '))].filter(isScope);
