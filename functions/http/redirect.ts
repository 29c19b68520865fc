/** Redirects whose target is checked where they are made: no open redirect anywhere (S74). */
import type { HttpAnswer } from './messages.ts';

/** Browsers run these, or show them as a page of their own making. */
const UNSAFE_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:', 'view-source:']);

/** Where relative references of this service lead in the check; no host has such a name (RFC 6761 §6.4). */
const OWN = new URL('https://own.invalid/page');

/**
 * 303, by which the browser GETs what follows whatever it sent before (RFC 9110 §15.4.4). 302 for where a protocol asks
 * for it.
 * @param target a reference to a page of this service, as browsers resolve it; or a URL elsewhere that the caller has
 *   found among the registered ones
 * @throws Error for a reference that leaves this service, and for a URL that no client may have registered
 */
export function redirectTo(target: string | URL, status: 302 | 303 = 303): HttpAnswer {
  const location = typeof target === 'string' ? ownReference(target) : elsewhere(target);
  return { status, headers: { location, 'cache-control': 'no-store' } };
}

/** What the URI has already stays as it is written (RFC 6749 §3.1.2); `searchParams` would write it anew. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(uri);
  url.search = [url.search.slice(1), new URLSearchParams(parameters).toString()].filter(Boolean).join('&');
  return url;
}

function ownReference(reference: string): string {
  // Browsers strip tabs and turn backslashes round, so neither may stand in it. Nor may a scheme: `https:evil.example` is
  // a path of our own on a page that came by https, and another host on one that did not.
  const isPlain = /^(?![a-z][a-z0-9+.-]*:)[\x21-\x5b\x5d-\x7e]+$/i.test(reference);
  if (!isPlain || new URL(reference, OWN).origin !== OWN.origin) {
    throw new Error('a redirect to a page of this service would leave it');
  }
  return reference;
}

function elsewhere({ protocol, username, password, href }: URL): string {
  // RFC 6749 §3.1.2: no fragment, not even an empty one, which `hash` does not show. User info would show a host that the address does not have.
  if (UNSAFE_SCHEMES.has(protocol) || username !== '' || password !== '' || href.includes('#')) {
    throw new Error(`a redirect to a URL with ${protocol} that no client may have registered`);
  }
  return href;
}
