/** What follows a sign-in at the pages, by whatever it was proved: the cookies of the browser, and where it leads on to. */
import type { DeviceTokens } from '../../domain/device-token.ts';
import { emailKey } from '../../domain/email-address.ts';
import type { Language } from '../../domain/language.ts';
import type { Pseudonyms } from '../../domain/pseudonym.ts';
import type { Settings } from '../../domain/settings.ts';
import type { SignedInBrowser } from '../../flows/sign-in-at-browser.ts';
import { setDeviceCookie, setSessionCookie } from '../../http/browser-cookies.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import type { Pages } from '../../http/page.ts';
import { redirectTo } from '../../http/redirect.ts';
import { type CameWith, goOn } from './carried.ts';
import { passkeyOffer } from './passkey-offer.ts';
import { dropRequest } from './request-cookie.ts';

export interface AfterSignInNeeds {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'issuer' | 'signInUrl' | 'deviceDays' | 'passkeys'>;
  readonly pseudonyms: Pseudonyms;
  readonly deviceTokens: DeviceTokens;
}

export interface AfterSignIn {
  readonly signedIn: SignedInBrowser;
  readonly email: string;
  /** `makes_passkeys`: of a device that does; whoever says that it is their own is offered one. */
  readonly came: CameWith & { readonly makes_passkeys?: string };
  readonly language: Language;
}

export async function afterSignIn(
  { pages, settings, pseudonyms, deviceTokens }: AfterSignInNeeds,
  request: RawRequest,
  { signedIn, email, came, language }: AfterSignIn,
): Promise<HttpAnswer> {
  const { cookie, keepSeconds, deviceToken } = signedIn;
  const pseudonymize = await pseudonyms();
  const device = { pseudonymize, emailKey: emailKey(email), deviceToken, now: request.context.now };
  // "Keep me signed in" is for one's own device; none is kept where an organisation's people share theirs.
  const offer =
    came.makes_passkeys && keepSeconds !== null ? passkeyOffer(request, settings, { ...came, lang: language }) : null;
  return {
    ...(offer?.answer ?? leadOn(pages, settings, language, came)),
    cookies: [
      ...(offer?.cookies ?? []),
      setSessionCookie(cookie, keepSeconds, settings),
      ...(await setDeviceCookie(request, deviceTokens, device, settings)),
      ...dropRequest(request, settings),
    ],
  };
}

function leadOn(pages: Pages, { issuer, signInUrl }: AfterSignInNeeds['settings'], language: Language, came: CameWith) {
  const isAlone = came.request === '' && !came.invitation && !came.to;
  // One of our own would lead back to /sign-in, which leads there.
  const isElsewhere = signInUrl !== undefined && URL.parse(signInUrl)?.origin !== new URL(issuer).origin;
  return isAlone && isElsewhere ? redirectTo(new URL(signInUrl)) : goOn(pages, language, came);
}
