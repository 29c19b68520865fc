/** POST /reset-password: the page's form; does what POST /v1/auth/reset-password does. */
import { ResetPasswordForm } from '../../../contracts/http.ts';
import { html } from '../../../domain/html.ts';
import { type Page, pageAnswer, pageLanguage, problemPage } from '../../../http/page.ts';
import { publicRoute } from '../../../http/route.ts';
import { resetPassword } from '../../../links/reset-password.ts';
import { resetForm } from './form.ts';
import { texts } from './texts.ts';

export const handler = publicRoute({ body: ResetPasswordForm, form: true }, async (request) => {
  const { body, origin } = request;
  const language = pageLanguage(body.lang, request);
  const page = (outcome: 'done' | 'expired' | 'invalid'): Page => {
    const { heading, text } = texts[language][outcome];
    return { heading, content: html`<p role="status">${text}</p>` };
  };
  try {
    await resetPassword(body.token, body.new_password, origin);
    return pageAnswer(language, page('done'));
  } catch (error) {
    return problemPage(error, language, request, ({ code }) => {
      if (code === 'PASSWORD_REJECTED') return resetForm(language, body.token, { rejected: true });
      if (code === 'RESET_TOKEN_EXPIRED') return page('expired');
      return code === 'RESET_TOKEN_INVALID' ? page('invalid') : null;
    });
  }
});
