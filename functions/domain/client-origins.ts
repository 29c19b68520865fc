/** The origins of a client's pages, which are those of its redirect URIs. */
import { isLoopback } from './redirect-uri.ts';

/** A loopback address may have any port, as for the redirect itself (RFC 8252 §7.3). No private scheme has an origin. */
export function isOriginOf(origin: string, redirectUris: readonly string[]): boolean {
  if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  return redirectUris.some((uri) => {
    if (!URL.canParse(uri)) return false;
    const own = new URL(uri);
    if (own.origin === origin) return true;
    const { protocol, hostname } = new URL(origin);
    return isLoopback(uri) && own.protocol === 'http:' && protocol === 'http:' && hostname === own.hostname;
  });
}
