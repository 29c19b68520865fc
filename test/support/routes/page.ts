/** A page with a script and a form that may lead to another site. The form redirects, and both set cookies. */
import showPassword from 'browser:show-password';
import { VerifyEmailForm } from '../../../functions/contracts/http.ts';
import { html } from '../../../functions/domain/html.ts';
import { Problem } from '../../../functions/domain/problem.ts';
import { byMethod } from '../../../functions/http/by-method.ts';
import { removeCookie, setCookie } from '../../../functions/http/cookies.ts';
import { pageLanguage } from '../../../functions/http/page.ts';
import { pageRoute } from '../../../functions/http/page-route.ts';
import { redirectTo } from '../../../functions/http/redirect.ts';
import { stagePages } from '../../../functions/stage/pages.ts';

const pages = stagePages();
const issuer = process.env.ISSUER ?? '';

export const handler = byMethod({
  GET: pageRoute(pages, {}, (request) => {
    if (request.search.has('gone')) throw new Problem('RESOURCE_NOT_FOUND');
    if (request.search.has('broken')) throw new Error('a secret');
    const answer = pages.answer(pageLanguage(request), {
      heading: 'A page',
      content: html`<form method="post" action="page">
<label>Target <input name="token" value="${request.search.get('to') ?? '/welcome'}"></label>
<input type="hidden" name="answer" value="${request.search.has('to') && 'elsewhere'}">
<button>Go</button>
</form>`,
      script: showPassword,
      formsTo: [request.search.get('names') ?? 'https://client.example'],
    });
    const cookies = [
      setCookie({ name: 'identity', value: 'abc_-.~1', maxAge: 3600 }, issuer),
      setCookie({ name: 'form', value: 'x', sameSite: 'strict' }, issuer),
    ];
    return { ...answer, cookies };
  }),
  POST: pageRoute(pages, { body: VerifyEmailForm }, ({ body: { token, answer } }) => ({
    ...redirectTo(answer === 'elsewhere' ? new URL(token) : token, answer === 'found' ? 302 : 303),
    cookies: [removeCookie('form', issuer)],
  })),
});
