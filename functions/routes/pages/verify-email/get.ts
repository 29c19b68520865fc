/**
 * GET /verify-email: shows what is known of the registration and asks before it does anything, since programs that scan
 * mail open every link.
 */
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens } from '../../../stage/keys.ts';
import { overPage, verificationPage } from './form.ts';

const needs = { database: stageDatabase(), oneTimeTokens: stageOneTimeTokens() };

export const handler = pageRoute({}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(needs, token, 'verify_email', request.context.now);
  const expired = link !== null && link !== 'gone' && !link.proved && link.expired;
  return pageAnswer(language, expired ? overPage(language, token, 'expired') : verificationPage(language, token, link));
});
