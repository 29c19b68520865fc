/** GET /reset-password: asks for the new password; uses nothing up. */
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens } from '../../../stage/keys.ts';
import { stagePages } from '../../../stage/pages.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { resetPage } from './form.ts';

const pages = stagePages();
const needs = { settings: stageSettings(), pages, database: stageDatabase(), oneTimeTokens: stageOneTimeTokens() };

export const handler = pageRoute(pages, {}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(needs, token, 'reset_password', request.context.now);
  return pages.answer(language, resetPage(needs, language, token, link));
});
