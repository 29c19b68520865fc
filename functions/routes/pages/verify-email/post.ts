/** POST /verify-email: the page's form; does what POST /v1/auth/verify-email does. */
import { VerifyEmailForm } from '../../../contracts/http.ts';
import { html } from '../../../domain/html.ts';
import { type Page, pageAnswer, pageLanguage, problemPage } from '../../../http/page.ts';
import { publicRoute } from '../../../http/route.ts';
import { verifyEmail } from '../../../links/verify-email.ts';
import { texts } from './texts.ts';

export const handler = publicRoute({ body: VerifyEmailForm, form: true }, async (request) => {
  const { body, origin } = request;
  const language = pageLanguage(body.lang, request);
  const page = (outcome: 'done' | 'expired' | 'invalid'): Page => {
    const { heading, text } = texts[language][outcome];
    return { heading, content: html`<p role="status">${text}</p>` };
  };
  try {
    await verifyEmail(body.token, origin);
    return pageAnswer(language, page('done'));
  } catch (error) {
    return problemPage(error, language, request, ({ code }) => {
      if (code === 'VERIFICATION_TOKEN_EXPIRED') return page('expired');
      return code === 'VERIFICATION_TOKEN_INVALID' ? page('invalid') : null;
    });
  }
});
