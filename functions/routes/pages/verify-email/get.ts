/**
 * GET /verify-email: shows what is known of the registration and asks before it does anything, since programs that scan
 * mail open every link.
 */
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens } from '../../../stage/keys.ts';
import { stagePages } from '../../../stage/pages.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { overPage, verificationPage } from './form.ts';

const pages = stagePages();
const needs = { settings: stageSettings(), pages, database: stageDatabase(), oneTimeTokens: stageOneTimeTokens() };

export const handler = pageRoute(pages, {}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(needs, token, 'verify_email', request.context.now);
  const expired = link !== null && link !== 'gone' && !link.proved && link.expired;
  return pages.answer(
    language,
    expired ? overPage(pages, language, token, 'expired') : verificationPage(needs, language, token, link),
  );
});
