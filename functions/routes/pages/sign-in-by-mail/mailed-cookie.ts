/**
 * A login by mail that a browser has asked for, in a cookie (domain/email-login.ts): the link of the mail signs in here
 * alone, and no address, so no history and no log, has it. `lax`: the link is followed from another site, the mailbox.
 */
import { type EmailLogin, type EmailLogins, openEmailLogin } from '../../../domain/email-login.ts';
import type { Settings } from '../../../domain/settings.ts';
import { cookieName, removeCookie, setCookie } from '../../../http/cookies.ts';
import type { RawRequest } from '../../../http/messages.ts';

const NAME = 'mailed';
/** Seconds: how long code and link work (domain/email-login.ts). */
const MAX_AGE = 10 * 60;

type Issuer = Pick<Settings, 'issuer'>;

export const setMailed = (loginId: string, { issuer }: Issuer): string =>
  setCookie({ name: NAME, value: loginId, maxAge: MAX_AGE }, issuer);

export const dropMailed = ({ cookies }: Pick<RawRequest, 'cookies'>, { issuer }: Issuer): string[] =>
  cookies.has(cookieName(NAME, issuer)) ? [removeCookie(NAME, issuer)] : [];

export interface Mailed {
  readonly loginId: string;
  readonly login: EmailLogin;
}

/** @returns null where this browser has asked for none, or it is over */
export async function mailedHere(
  emailLogins: EmailLogins,
  { cookies, context }: Pick<RawRequest, 'cookies' | 'context'>,
  { issuer }: Issuer,
): Promise<Mailed | null> {
  const loginId = cookies.get(cookieName(NAME, issuer));
  const login = loginId ? await openEmailLogin(emailLogins, loginId, 'browser', context.now) : null;
  return loginId && login ? { loginId, login } : null;
}
