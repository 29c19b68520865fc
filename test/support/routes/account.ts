/** A page for a signed-in person, and the action that it offers. */
import { VerifyEmailForm } from '../../../functions/contracts/http.ts';
import { html } from '../../../functions/domain/html.ts';
import { byMethod } from '../../../functions/http/by-method.ts';
import { removeCookie } from '../../../functions/http/cookies.ts';
import { pageAnswer, pageLanguage } from '../../../functions/http/page.ts';
import { redirectTo } from '../../../functions/http/redirect.ts';
import { SESSION_COOKIE, sessionRoute } from '../../../functions/http/session-route.ts';

const sessions = new Map([['maria-session', { name: 'Maria' }]]);
const findSession = (value: string) => sessions.get(value) ?? null;

export const handler = byMethod({
  GET: sessionRoute(findSession, {}, (request, { name }) =>
    pageAnswer(pageLanguage(request), { heading: `Hello ${name}`, content: html`<p>${request.path}</p>` }),
  ),
  POST: sessionRoute(findSession, { body: VerifyEmailForm }, () => ({
    ...redirectTo('page'),
    cookies: [removeCookie(SESSION_COOKIE, process.env.ISSUER ?? '')],
  })),
});
