/** What /sign-in shows: who is signed in, a choice between accounts, or the form. */
import { emailKey } from '../../../domain/email-address.ts';
import { browserLifetime } from '../../../domain/session-lifetime.ts';
import type { Settings } from '../../../domain/settings.ts';
import { relyingParty } from '../../../domain/webauthn/relying-party.ts';
import { sessionCookie } from '../../../http/browser-cookies.ts';
import type { CarriedRequest } from '../../../http/carried-request.ts';
import type { HttpAnswer, RawRequest } from '../../../http/messages.ts';
import type { Page, Pages } from '../../../http/page.ts';
import { type BrowserSession, findBrowserSession } from '../../../store/browser-sessions.ts';
import type { Database } from '../../../store/database.ts';
import { passOn } from '../../oauth/authorize/lead-to.ts';
import { accountsPage } from '../accounts/page.ts';
import { came, goOn } from '../carried.ts';
import { type Opened, type OpenedPage, type OpenNeeds, openPage } from '../opened-page.ts';
import { type SignInProps, signInPage } from './page.ts';
import { signedInPage } from './signed-in.ts';

export interface ShowNeeds extends OpenNeeds {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'issuer' | 'signInUrl' | 'browserSessions' | 'passkeys' | 'emailLogin'>;
  readonly database: Database;
}

/** What the page was opened with, and what was typed and refused. */
export interface Shown extends Opened {
  /** Somebody else than who is signed in. */
  readonly other: boolean;
  readonly email?: string;
  readonly keep?: boolean;
  readonly byPasskey?: boolean;
  /** Nobody has it (any more): its browser may forget it. */
  readonly unknownPasskey?: string | undefined;
  readonly fault?: SignInProps['fault'];
}

/** @throws Problem REQUEST_EXPIRED */
export async function showSignIn(needs: ShowNeeds, request: RawRequest, shown: Shown): Promise<HttpAnswer> {
  const { pages, settings, database } = needs;
  const cookie = sessionCookie(request, settings);
  // Where the database has just failed, it is not asked again.
  const isAsked = cookie && shown.fault !== 'unavailable';
  const session = isAsked ? await findBrowserSession(database, cookie, request.context.now) : null;
  const opened = await openPage(needs, request, '/sign-in', { ...shown, locale: session?.locale ?? null });
  const { carried, view, cookies } = opened;
  const asks = shown.fault !== undefined || shown.other;
  // "Back", or a second tab: what the request waits for was done elsewhere.
  const isDone = carried ? session && isRecent(carried, session) : session && shown.invitation !== '';
  if (isDone && !asks) return goOn(pages, view.language, shown);
  const page = pageOf(needs, opened, { session, shown, asks });
  if (page === 'by-mail') return { ...passOn(pages, view.language, '/sign-in-by-mail', came(shown)), cookies };
  return { ...pages.answer(view.language, page), cookies };
}

interface Found {
  readonly session: BrowserSession | null;
  readonly shown: Shown;
  readonly asks: boolean;
}

function pageOf(
  { settings }: ShowNeeds,
  { carried, view, addressOf }: OpenedPage,
  { session, shown, asks }: Found,
): Page | 'by-mail' {
  if (session && !carried && !asks) {
    return signedInPage({ ...view, account: session.email, goOnTo: settings.signInUrl });
  }
  if (session && carried?.step === 'choose-account' && !asks) {
    return accountsPage({ ...view, accounts: [{ value: session.session_id, email: session.email }] });
  }
  const passkeys = passkeysOf(settings, shown);
  const byMailAlone = settings.emailLogin === 'only';
  // There is nothing else to ask for.
  if (byMailAlone && !passkeys) return 'by-mail';
  const account = session && !shown.other && isMeant(carried, session) ? session.email : undefined;
  const isKept = session?.idle_seconds === browserLifetime(settings, true).idleSeconds;
  return signInPage({
    ...view,
    // Who only confirms is not asked again whether the browser is to be remembered.
    form: account && isKept ? { ...view.form, hidden: { ...view.form.hidden, keep_signed_in: 'true' } } : view.form,
    account,
    email: shown.email ?? carried?.request.loginHint,
    keepSignedIn: shown.keep ?? false,
    fault: shown.fault,
    byPasskey: shown.byPasskey ?? false,
    passkeys,
    byMailAlone,
    links: {
      forgotPassword: addressOf('/forgot-password'),
      signUp: addressOf('/sign-up'),
      byMail: settings.emailLogin === 'off' ? undefined : addressOf('/sign-in-by-mail'),
      otherAccount: addressOf('/sign-in', { other: 'true' }),
    },
  });
}

/** By the whole address: the policy names it, and what the script may ask is no more than that. */
function passkeysOf(settings: ShowNeeds['settings'], { unknownPasskey: credentialId }: Shown): SignInProps['passkeys'] {
  const party = relyingParty(settings);
  return party
    ? {
        options: `${settings.issuer}/v1/auth/passkeys/login-options`,
        unknown: credentialId && JSON.stringify({ rpId: party.rpId, credentialId }),
      }
    : undefined;
}

/** Nobody else was asked for. */
function isMeant(carried: CarriedRequest | null, session: BrowserSession): boolean {
  const { hintedSub, loginHint } = carried?.request ?? {};
  if (hintedSub !== undefined) return hintedSub === session.user_id;
  return !loginHint?.includes('@') || emailKey(loginHint) === emailKey(session.email);
}

/** As the statement that issues codes has it (store/authorizations.ts): whoever signed in since the request came. */
const isRecent = ({ request }: CarriedRequest, { authenticated_at, user_id }: BrowserSession): boolean =>
  authenticated_at >= request.arrivedAt && (request.hintedSub ?? user_id) === user_id;
