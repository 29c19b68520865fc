/** GET /verify-email: asks before it does anything, since programs that scan mail open every link. */
import { html } from '../../../domain/html.ts';
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { publicRoute } from '../../../http/route.ts';
import { texts } from './texts.ts';

export const handler = publicRoute({}, (request) => {
  const { token = '', lang } = request.query;
  const language = pageLanguage(lang, request);
  const { heading, text, button } = texts[language].ask;
  // Relative to the page, so without its query: the token is sent in the body alone.
  return pageAnswer(language, {
    heading,
    content: html`<p>${text}</p>
<form method="post" action="verify-email">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="lang" value="${language}">
<button type="submit">${button}</button>
</form>`,
  });
});
