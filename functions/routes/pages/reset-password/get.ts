/** GET /reset-password: asks for the new password; uses nothing up. */
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { publicRoute } from '../../../http/route.ts';
import { resetForm } from './form.ts';

export const handler = publicRoute({}, (request) => {
  const { token = '', lang } = request.query;
  const language = pageLanguage(lang, request);
  return pageAnswer(language, resetForm(language, token, { rejected: false }));
});
