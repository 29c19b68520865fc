/**
 * Which requests the servers of this machine answer (S73). They listen on loopback alone, and still every page in a
 * browser here reaches them: from another site, or, once a name of its own resolves to 127.0.0.1 (DNS rebinding), as
 * if they were that page's own site.
 */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request names this server as its host. Any port will do: it may be forwarded from another, and a name that
 * is rebound brings its name along. Browsers write an address in one form, so its other forms are nobody's.
 * @param names beside those of loopback, in lower case
 */
export function ownHost(names: readonly string[]): (request: IncomingMessage) => boolean {
  const own = new Set([...LOOPBACK, ...names]);
  return ({ url = '', headersDistinct: { host = [] } }) => {
    // Of a request in absolute form (RFC 9112 §3.2.2) the target names the host too.
    const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
    return (
      host.length === 1 && [...host, ...(target === undefined ? [] : [target])].every((one) => own.has(nameOf(one)))
    );
  };
}

/** Without port and the dot that ends a whole name; empty for what is no host. */
function nameOf(authority: string): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]*[a-z0-9_-])\.?(?::\d*)?$/i.exec(authority) ?? [];
  return name.toLowerCase();
}

/**
 * Whether a page of another origin sent it. Browsers say so: of every request by Sec-Fetch-Site, of one that may change
 * something by Origin too; the SDK's clients, curl and an address typed in say neither.
 */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const { origin, host = '', 'sec-fetch-site': site = 'none' } = headers;
  return (
    (origin !== undefined && origin !== `http://${host.toLowerCase()}`) ||
    !['none', 'same-origin'].includes(String(site))
  );
}
