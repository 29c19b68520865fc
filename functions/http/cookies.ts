/**
 * Cookies of this host alone, out of every script's reach.
 *
 * `__Host-` makes the browser itself refuse a cookie of that name which another host of the domain, or an unencrypted
 * answer, would plant (RFC 6265bis §4.1.3.2). It needs Secure, and Secure is not kept on `http://localhost` by Safari; so
 * a service that is reached without TLS, which is one on this machine, has plain names.
 */

export interface Cookie {
  /** Without the prefix. */
  readonly name: string;
  /** Letters, digits and `-._~`: base64url fits, text of people does not. */
  readonly value: string;
  /** Seconds; it goes with the browser's session where this is left out. */
  readonly maxAge?: number;
  /** `lax` comes along when a link of another site is followed, `strict` does not. */
  readonly sameSite?: 'lax' | 'strict';
}

/** @param issuer the service's own address */
export const cookieName = (name: string, issuer: string): string =>
  issuer.startsWith('https:') ? `__Host-${name}` : name;

/**
 * The text of a Set-Cookie.
 * @throws Error for a name or value that a cookie cannot hold
 */
export function setCookie({ name, value, maxAge, sameSite = 'lax' }: Cookie, issuer: string): string {
  if (!/^[\w-]+$/.test(name) || !/^[\w.~-]*$/.test(value)) throw new Error(`the cookie ${name} cannot hold its value`);
  return [
    `${cookieName(name, issuer)}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite === 'lax' ? 'Lax' : 'Strict'}`,
    ...(issuer.startsWith('https:') ? ['Secure'] : []),
    ...(maxAge === undefined ? [] : [`Max-Age=${Math.floor(maxAge)}`]),
  ].join('; ');
}

export const removeCookie = (name: string, issuer: string): string => setCookie({ name, value: '', maxAge: 0 }, issuer);

/** What a cookie holds, by its name. */
export type Cookies = ReadonlyMap<string, string | undefined>;

/**
 * A name that comes twice has no value: one of the two was planted by another host of the domain or for another
 * path, and which is ours the request does not say.
 * @param given as payload 2.0 has them: each `name=value`
 */
export function readCookies(given: readonly string[] = []): Cookies {
  const cookies = new Map<string, string | undefined>();
  for (const pair of given) {
    const [name = '', ...value] = pair.split('=');
    cookies.set(name, cookies.has(name) ? undefined : value.join('='));
  }
  return cookies;
}
