/**
 * A sign-in between its two factors (domain/pending-sign-in.ts), in a cookie of the browser that began it: no address, and
 * so no history and no log, has it.
 */
import type { Language } from '../../domain/language.ts';
import { openPending, type PendingSignIn, type PendingSignIns } from '../../domain/pending-sign-in.ts';
import type { Settings } from '../../domain/settings.ts';
import { cookieName, removeCookie, setCookie } from '../../http/cookies.ts';
import type { FormTokens } from '../../http/form-token.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import type { Pages } from '../../http/page.ts';
import { passOn } from '../oauth/authorize/lead-to.ts';
import { type CameWith, came } from './carried.ts';

const NAME = 'pending';
/** Seconds: how long it may wait (domain/pending-sign-in.ts). */
const MAX_AGE = 10 * 60;

type Issuer = Pick<Settings, 'issuer'>;

/** To the page that asks for the second factor, with what the person came with. */
export function toSecondFactor(
  { pages, settings }: { readonly pages: Pages; readonly settings: Issuer },
  language: Language,
  pending: string,
  cameWith: CameWith,
): HttpAnswer {
  return {
    ...passOn(pages, language, '/second-factor', came({ ...cameWith, lang: language })),
    cookies: [setCookie({ name: NAME, value: pending, maxAge: MAX_AGE, sameSite: 'strict' }, settings.issuer)],
  };
}

export interface Waiting {
  readonly text: string;
  readonly pending: PendingSignIn;
}

/** @returns null where nothing waits, or not any longer, or it is another browser's */
export async function waitingSignIn(
  {
    pendingSignIns,
    forms,
    settings,
  }: Record<'pendingSignIns', PendingSignIns> &
    Record<'forms', FormTokens> & {
      readonly settings: Issuer;
    },
  request: RawRequest,
): Promise<Waiting | null> {
  const text = request.cookies.get(cookieName(NAME, settings.issuer));
  if (!text) return null;
  const pending = await openPending(pendingSignIns, text, 'browser', request.context.now);
  const isOurs = pending && pending.browser === (await forms.issue(request)).token;
  return isOurs ? { text, pending } : null;
}

export const dropWaiting = ({ cookies }: Pick<RawRequest, 'cookies'>, { issuer }: Issuer): string[] =>
  cookies.has(cookieName(NAME, issuer)) ? [removeCookie(NAME, issuer)] : [];
