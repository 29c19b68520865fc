/**
 * To the page that offers a passkey (account/passkey-offer.ts), once in a while: a cookie says that this browser was asked,
 * and nothing of whom, or of the answer.
 */
import type { Settings } from '../../domain/settings.ts';
import { cookieName, setCookie } from '../../http/cookies.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import { redirectTo } from '../../http/redirect.ts';
import { MOST_IN_ADDRESS } from '../oauth/authorize/lead-to.ts';
import { type CameWith, pageAddress } from './carried.ts';

const NAME = 'passkey-offered';
/** Seconds: 90 days. */
const MAX_AGE = 90 * 24 * 60 * 60;

/** @returns null where this browser was asked before, or no address would hold what the person came with */
export function passkeyOffer(
  { cookies }: Pick<RawRequest, 'cookies'>,
  { issuer, passkeys }: Pick<Settings, 'issuer' | 'passkeys'>,
  { request, invitation, to, lang }: CameWith & { readonly lang: string },
): { readonly answer: HttpAnswer; readonly cookies: readonly string[] } | null {
  if (passkeys.on === false || cookies.has(cookieName(NAME, issuer))) return null;
  const address = pageAddress('/account/passkey-offer', { request, invitation, to, lang });
  if (request.length + (invitation?.length ?? 0) > MOST_IN_ADDRESS / 2) return null;
  return { answer: redirectTo(address), cookies: [setCookie({ name: NAME, value: 'true', maxAge: MAX_AGE }, issuer)] };
}
