/** Which addresses a client may have people sent to (RFC 9700 §2.1, RFC 8252 §7). How they are compared is client.ts. */

/** In bytes: a Location header of this length passes every proxy. */
export const MOST_URI_BYTES = 2_000;

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * RFC 3986 §2: no space, quotation mark, backslash or control character, which parsers take out or turn into others, and
 * nothing beyond ASCII, so that the text that is compared is the text that the browser gets.
 */
const PLAIN = /^[!#-;=?-[\]_a-z~]+$/;

export const isLoopback = (uri: string): boolean => LOOPBACK.has(new URL(uri).hostname);

/** RFC 952, RFC 4291, and underscores. Parsers let more pass, such as `;` and `,`, which mean something in a page's policy. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)$/i;

/** RFC 8252 §7.1: a name of the app's own domain, turned round. So no `javascript:` and no `data:` is one. */
export const OWN_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** A scheme of an app's own, which only that app is registered for on a device. */
export const isPrivateScheme = (uri: string): boolean => !/^https?:/i.test(uri);

/** @returns what is wrong with it, as the end of a sentence; null if nothing is */
export function redirectUriFault(uri: string): string | null {
  if (uri.length > MOST_URI_BYTES) return `must have at most ${MOST_URI_BYTES} characters`;
  if (!PLAIN.test(uri) || !URL.canParse(uri)) return 'must be an absolute URI in plain ASCII';
  if (uri.includes('#')) return 'must have no fragment (RFC 6749 §3.1.2)';
  if (uri.includes('*')) return 'must be one URI: there are no wildcards';
  const { protocol, username, password, host, hostname, pathname } = new URL(uri);
  if (username !== '' || password !== '') return 'must have no user name and no password';
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(uri.replace(/^[^?]*?:\/\/[^/?]*/, '').replace(/\?.*$/s, '')))
    return 'must have no dot segments: a browser would resolve them';
  if (!isPrivateScheme(uri) && !HOST.test(hostname)) return 'must have a host of letters, digits, hyphens and dots';
  if (protocol === 'https:') return null;
  if (protocol === 'http:') {
    return isLoopback(uri) ? null : 'must begin with https: (http: is for 127.0.0.1, [::1] and localhost alone)';
  }
  if (!OWN_SCHEME.test(protocol)) return 'must have a dot in a scheme of its own, like com.example.app:/callback';
  return host === '' && pathname === '' ? 'must have a path' : null;
}

/** @returns what is wrong with an address that people are led to, as the end of a sentence; null if nothing is */
export const pageUriFault = (uri: string): string | null => callUriFault(uri.replace(/#.*$/s, ''));

/** As {@link pageUriFault}, of one that this service calls: without a fragment. */
export const callUriFault = (uri: string): string | null =>
  redirectUriFault(uri) ?? (isPrivateScheme(uri) ? 'must begin with https:' : null);
