/** GET /reset-password: asks for the new password; uses nothing up. */
import { dataApi } from '../../../aws/data-api.ts';
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageAnswer, pageLanguage, problemPage } from '../../../http/page.ts';
import { publicRoute } from '../../../http/route.ts';
import { resetPage } from './form.ts';

const database = dataApi();

export const handler = publicRoute({}, async (request) => {
  const { token = '', lang } = request.query;
  const language = pageLanguage(lang, request);
  try {
    const link = await lookAtLink(database, token, 'reset_password', request.context.now);
    return pageAnswer(language, resetPage(language, token, link));
  } catch (error) {
    return problemPage(error, language, request);
  }
});
