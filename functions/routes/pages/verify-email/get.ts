/**
 * GET /verify-email: tells what is known of the registration and asks before it does anything, since programs that scan
 * mail open every link.
 */
import { dataApi } from '../../../aws/data-api.ts';
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { pageAnswer, pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { overPage, verificationPage } from './form.ts';

const database = dataApi();

export const handler = pageRoute({}, async (request) => {
  const language = pageLanguage(request);
  const token = request.search.get('token') ?? '';
  const link = await lookAtLink(database, token, 'verify_email', request.context.now);
  const expired = link !== null && link !== 'gone' && !link.proved && link.expired;
  return pageAnswer(language, expired ? overPage(language, token, 'expired') : verificationPage(language, token, link));
});
