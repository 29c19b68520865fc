/** A client's request while its person is at the mailbox: the page behind the mailed link leads on with it. */
import { type Html, html } from '../../domain/html.ts';
import type { Language } from '../../domain/language.ts';
import type { Settings } from '../../domain/settings.ts';
import { cookieName, removeCookie, setCookie } from '../../http/cookies.ts';
import type { RawRequest } from '../../http/messages.ts';
import type { Pages } from '../../http/page.ts';
import { sharedTexts } from '../../http/page-texts.ts';
import { actions, linkButton } from '../../http/parts/form.ts';

const REQUEST_COOKIE = 'request';
/** Seconds: how long a request may travel (functions/http/carried-request.ts). */
const MAX_AGE = 30 * 60;
/** Browsers keep 4 KiB of a cookie, its name and attributes included (RFC 6265 §6.1). */
const MOST_BYTES = 3072;

type Issuer = Pick<Settings, 'issuer'>;

/** @param text the sealed request; a longer one, or none, is not kept */
export const keepRequest = (text: string, { issuer }: Issuer): string[] =>
  text === '' || text.length > MOST_BYTES
    ? []
    : [setCookie({ name: REQUEST_COOKIE, value: text, maxAge: MAX_AGE }, issuer)];

/** @returns the sealed request that this browser came with; empty where there is none */
export function keptRequest({ cookies }: Pick<RawRequest, 'cookies'>, { issuer }: Issuer): string {
  const text = cookies.get(cookieName(REQUEST_COOKIE, issuer)) ?? '';
  return /^[\w-]*$/.test(text) ? text : '';
}

/** Whoever has signed in needs it no more. */
export const dropRequest = ({ cookies }: Pick<RawRequest, 'cookies'>, { issuer }: Issuer): string[] =>
  cookies.has(cookieName(REQUEST_COOKIE, issuer)) ? [removeCookie(REQUEST_COOKIE, issuer)] : [];

/** To sign-in, with the request that this browser came with; where there is none, as every page leads on. */
export function leadOnWith(
  pages: Pages,
  language: Language,
  request: Pick<RawRequest, 'cookies'>,
  settings: Issuer,
): Html {
  const text = keptRequest(request, settings);
  if (text === '') return pages.leadOn(language);
  return html`${actions(linkButton(`${settings.issuer}/sign-in?request=${text}`, sharedTexts[language].goToSignIn, 'sign_in'))}`;
}
