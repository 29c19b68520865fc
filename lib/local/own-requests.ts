/**
 * Which requests the servers of this machine answer (S73). They listen on loopback alone, but every page in a browser
 * here can still reach them: as a page of another site, or, when the page's own host name resolves to 127.0.0.1 (DNS
 * rebinding), as a page of the same site.
 */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Returns a check whether a request names this server as its host. The port does not matter: it may be forwarded from
 * another, and a rebound name is refused on any port. Browsers write an address in one form, so other forms are
 * refused.
 * @param names besides those of loopback, in lower case
 */
export function ownHost(names: readonly string[]): (request: IncomingMessage) => boolean {
  const own = new Set([...LOOPBACK, ...names]);
  return ({ url = '', headersDistinct: { host = [] } }) => {
    // In a request in absolute form (RFC 9112 §3.2.2), the target names the host too.
    const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
    return (
      host.length === 1 && [...host, ...(target === undefined ? [] : [target])].every((one) => own.has(nameOf(one)))
    );
  };
}

/** The name without the port and without the dot at the end; empty when it is not a host. */
function nameOf(authority: string): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]*[a-z0-9_-])\.?(?::\d*)?$/i.exec(authority) ?? [];
  return name.toLowerCase();
}

/**
 * Whether a page of another origin sent the request. Browsers send Sec-Fetch-Site with every request, and Origin with
 * one that may change something. The SDK's clients and curl send neither; for a typed address, Sec-Fetch-Site says
 * `none`.
 */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const { origin, host = '', 'sec-fetch-site': site = 'none' } = headers;
  return (
    (origin !== undefined && origin !== `http://${host.toLowerCase()}`) ||
    !['none', 'same-origin'].includes(String(site))
  );
}
