/** GET /reset-password: asks for the new password; uses nothing up. */
import { dataApi } from '../../../aws/data-api.ts';
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { resetPage } from './form.ts';

const database = dataApi();

export const handler = pageRoute({}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(database, token, 'reset_password', request.context.now);
  return pageAnswer(language, resetPage(language, token, link));
});
