/** GET /reset-password: asks for the new password; uses nothing up. */
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens } from '../../../stage/keys.ts';
import { resetPage } from './form.ts';

const needs = { database: stageDatabase(), oneTimeTokens: stageOneTimeTokens() };

export const handler = pageRoute({}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(needs, token, 'reset_password', request.context.now);
  return pageAnswer(language, resetPage(language, token, link));
});
