/** A page for a signed-in person, and the action that it offers. */
import { VerifyEmailForm } from '../../../functions/contracts/http.ts';
import { html } from '../../../functions/domain/html.ts';
import { byMethod } from '../../../functions/http/by-method.ts';
import { removeCookie } from '../../../functions/http/cookies.ts';
import { pageLanguage } from '../../../functions/http/page.ts';
import { redirectTo } from '../../../functions/http/redirect.ts';
import { SESSION_COOKIE, sessionRoute } from '../../../functions/http/session-route.ts';
import { stagePages } from '../../../functions/stage/pages.ts';
import { stageSettings } from '../../../functions/stage/settings.ts';

const sessions = new Map([['maria-session', { name: 'Maria' }]]);
const pages = stagePages();
const needs = {
  pages,
  settings: stageSettings(),
  findSession: (value: string) => sessions.get(value) ?? null,
};

export const handler = byMethod({
  GET: sessionRoute(needs, {}, (request, { name }) =>
    pages.answer(pageLanguage(request), { heading: `Hello ${name}`, content: html`<p>${request.path}</p>` }),
  ),
  POST: sessionRoute(needs, { body: VerifyEmailForm }, () => ({
    ...redirectTo('page'),
    cookies: [removeCookie(SESSION_COOKIE, process.env.ISSUER ?? '')],
  })),
});
