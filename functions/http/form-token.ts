/**
 * Forms of hosted pages come from our own pages (S79). A page's GET sets a cookie of 128 random bits, and its form has a
 * MAC of it: another site neither reads the one nor makes the other, and no other host of the domain can plant a
 * `__Host-` cookie. SameSite and the browser's word on where the form came from are checked beside it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HmacKeys } from '../domain/key-versions.ts';
import { Problem } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { cookieName, setCookie } from './cookies.ts';
import type { RawRequest } from './messages.ts';
import { refuseForeign } from './session-route.ts';

/** Without its prefix. */
const FORM_COOKIE = 'form';
/** The field of every form. */
export const FORM_TOKEN = 'form_token';

export interface FormTokens {
  /** For a page with a form: the hidden field's value, and the cookie to set where the browser has none yet. */
  issue(request: Pick<RawRequest, 'cookies'>): Promise<{ readonly token: string; readonly cookies: readonly string[] }>;
  /**
   * @param sent the form's field
   * @throws Problem COOKIES_OFF where the browser sent no cookie, FORM_EXPIRED for another's, FORBIDDEN for a form of
   *   another site
   */
  check(request: RawRequest, sent: string): Promise<void>;
}

export function formTokens(browserKey: HmacKeys, { issuer }: Pick<Settings, 'issuer'>): FormTokens {
  const macOf = (nonce: string, key: Buffer) => createHmac('sha256', key).update('form-token').update(nonce).digest();
  const name = cookieName(FORM_COOKIE, issuer);
  return {
    async issue({ cookies }) {
      const known = cookies.get(name);
      const nonce = known && NONCE.test(known) ? known : randomBytes(16).toString('base64url');
      const [newest] = await browserKey.keys();
      return {
        token: macOf(nonce, newest).toString('base64url'),
        cookies: nonce === known ? [] : [setCookie({ name: FORM_COOKIE, value: nonce }, issuer)],
      };
    },
    async check(request, sent) {
      refuseForeign(request, issuer);
      const nonce = request.cookies.get(name);
      if (nonce === undefined) throw new Problem('COOKIES_OFF');
      const given = Buffer.from(sent, 'base64url');
      const keys = await browserKey.keys();
      const fits = keys.some((key) => given.length === 32 && timingSafeEqual(macOf(nonce, key), given));
      if (!fits) throw new Problem('FORM_EXPIRED');
    },
  };
}

/** What only this browser has, from the first page with a form on; null elsewhere, as in an application. */
export function formCookie(
  { cookies }: Pick<RawRequest, 'cookies'>,
  { issuer }: Pick<Settings, 'issuer'>,
): string | null {
  const nonce = cookies.get(cookieName(FORM_COOKIE, issuer));
  return nonce && NONCE.test(nonce) ? nonce : null;
}

const NONCE = /^[\w-]{22}$/;
