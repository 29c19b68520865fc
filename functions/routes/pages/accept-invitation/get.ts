/**
 * GET and POST /accept-invitation: where an invitation leads unless `linkBaseUrl` names an application that takes it. Whoever
 * has the invited address accepts it here; others sign in or up with that address first, and come back.
 */
import { InvitationForm, InvitationQuery } from '../../../contracts/http/forms.ts';
import type { Problem } from '../../../domain/problem.ts';
import { acceptInvitation } from '../../../flows/accept-invitation.ts';
import { readLink } from '../../../flows/read-link.ts';
import { sessionCookie } from '../../../http/browser-cookies.ts';
import { byMethod } from '../../../http/by-method.ts';
import { FORM_TOKEN } from '../../../http/form-token.ts';
import type { HttpAnswer, RawRequest } from '../../../http/messages.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { stageBrowserDoor } from '../../../stage/browser-door.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens, stagePseudonyms } from '../../../stage/keys.ts';
import { stagePages } from '../../../stage/pages.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { findInvitation } from '../../../store/invitation-visits.ts';
import { languageFor, pageAddress } from '../carried.ts';
import { carriedTrouble, orAgain } from '../carried-trouble.ts';
import { invitationElsewherePage, invitationOverPage, invitationPage, joinedPage } from './page.ts';

const PATH = '/accept-invitation';

const pages = stagePages();
const settings = stageSettings();
const { forms } = stageBrowserDoor();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
};
const trouble = carriedTrouble(pages);

interface Invited {
  readonly token: string;
  readonly lang: string;
}

async function show(request: RawRequest, { token, lang }: Invited): Promise<HttpAnswer> {
  const { now } = request.context;
  const link = await needs.oneTimeTokens.read(token, 'invitation');
  const language = languageFor(request, { lang });
  const over = (state: 'expired' | 'invalid') =>
    pages.answer(language, invitationOverPage({ language }, state, pages.leadOn(language)));
  if (!link) return over('invalid');
  if (link.expiresAt <= now) return over('expired');
  const visit = await findInvitation(needs.database, link, sessionCookie(request, settings), now);
  if (!visit.live || visit.organization === null || visit.email === null) return over('invalid');

  const invitation = {
    language,
    inLanguage: (one: string) => pageAddress(PATH, { token, lang: one }),
    organization: visit.organization,
    inviter: visit.inviter ?? undefined,
    email: visit.email,
  };
  if (visit.is_theirs) {
    const { token: formToken, cookies } = await forms.issue(request);
    const form = { action: PATH, hidden: { token, lang: language, [FORM_TOKEN]: formToken } };
    return { ...pages.answer(language, invitationPage({ ...invitation, form })), cookies };
  }
  const carried = { invitation: token, lang };
  const isOther = visit.account !== null;
  const page = invitationElsewherePage({
    ...invitation,
    account: visit.account ?? undefined,
    links: {
      // At the issuer, where the session's cookie is: this page may be behind a proxy of the application's.
      signIn: pageAddress(`${settings.issuer}/sign-in`, { ...carried, other: isOther ? 'true' : '' }),
      signUp: isOther ? undefined : pageAddress(`${settings.issuer}/sign-up`, carried),
    },
  });
  return pages.answer(language, page);
}

async function accept(request: RawRequest, { token, lang, ...sent }: Invited & { form_token: string; cancel: string }) {
  await forms.check(request, sent.form_token);
  if (sent.cancel !== '') return redirectTo('/sign-in');
  const language = languageFor(request, { lang });
  const cookie = sessionCookie(request, settings);
  const link = await readLink(needs, token, 'invitation', request.context);
  const { session_id, user_id } = await findInvitation(needs.database, link, cookie, request.context.now);
  // Signed out in another tab: the page says how to go on.
  if (session_id === null || user_id === null) return show(request, { token, lang });
  const { name } = await acceptInvitation(needs, { sub: user_id, sid: session_id }, token, request.context);
  const next = pages.leadOn(language);
  return pages.answer(language, joinedPage({ language, organization: name ?? '', next }));
}

const overOf: Partial<Record<Problem['code'], 'invalid' | 'expired' | 'full'>> = {
  INVITATION_TOKEN_INVALID: 'invalid',
  INVITATION_TOKEN_EXPIRED: 'expired',
  CONFLICT: 'full',
};

export const handler = byMethod({
  GET: pageRoute(pages, { query: InvitationQuery }, (request) =>
    trouble(request, request.query, () => show(request, request.query)),
  ),
  POST: pageRoute(pages, { body: InvitationForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => accept(request, request.body),
        ({ code }) => {
          const state = overOf[code];
          const language = languageFor(request, { lang: request.body.lang });
          return state && pages.answer(language, invitationOverPage({ language }, state, pages.leadOn(language)));
        },
      ),
    ),
  ),
});
