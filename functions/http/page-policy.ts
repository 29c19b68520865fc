/** What a page's browser may load, run and send: the page's own, each by its address or its hash (CSP Level 3). */
import { OWN_SCHEME } from '../domain/redirect-uri.ts';

/** A picture that is opened by itself is a document: it runs nothing, loads nothing, and is of no origin. */
export const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export interface Allowed {
  readonly stylesheet: string;
  readonly pictures: readonly string[];
  /** SHA-256 of the page's script, base64. */
  readonly script?: string | undefined;
  /** What the script may ask. */
  readonly asks?: string | undefined;
  readonly formsTo?: readonly string[] | undefined;
}

/** What somebody slips in has another hash or address. Nothing frames the page, no base moves its form. */
export const pagePolicy = ({ stylesheet, pictures, script, asks, formsTo = [] }: Allowed): string =>
  [
    "default-src 'none'",
    `style-src ${stylesheet}`,
    ['img-src', ...new Set(pictures)].join(' '),
    ...(script === undefined ? [] : [`script-src 'sha256-${script}'`]),
    ...(asks === undefined ? [] : [`connect-src ${asks}`]),
    ["form-action 'self'", ...formsTo.map(sourceOf)].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

/**
 * @throws Error for what is neither an origin nor a private scheme, or has what a policy reads otherwise: a host may hold
 *   `;`, which would begin another directive, `,`, which would begin another policy, and `*`, which would allow every host
 */
function sourceOf(text: string): string {
  if (OWN_SCHEME.test(text)) return text;
  const { origin, hostname, protocol } = new URL(text);
  // A policy has no IPv6 addresses (CSP Level 3, §2.3.1, host-part): of an application at a loopback address of this
  // device the scheme is named, since a policy that browsers cannot read stops the form.
  if (hostname === '[::1]' && origin === text) return protocol;
  if (origin !== text || /[;,*]/.test(text)) throw new Error('a page names an origin that is none');
  return text;
}
