/**
 * /change-email and /undo-email: the pages behind the links of a change of address. A GET changes nothing, since programs
 * that scan mail open every link.
 */
import type * as z from 'zod/mini';
import { EmailChangeForm, EmailChangeQuery } from '../../contracts/http/email-change.ts';
import { emailKey } from '../../domain/email-address.ts';
import type { Language } from '../../domain/language.ts';
import type { ChangePurpose } from '../../domain/one-time-token.ts';
import { endEmailChange, lookAtChange, proveNewEmail } from '../../flows/change-email.ts';
import { setDeviceCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageLanguage } from '../../http/page.ts';
import { problemPage } from '../../http/page-problem.ts';
import { pageRoute } from '../../http/page-route.ts';
import { isForeign } from '../../http/session-route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { changePage, type Outcome, outcomePage } from './change-email/page.ts';

const pages = stagePages();
const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
};
const deviceTokens = stageDeviceTokens();

const purposeOf = ({ path }: RawRequest): ChangePurpose =>
  path.endsWith('/undo-email') ? 'undo_email' : 'change_email';

export const handler = byMethod({
  GET: pageRoute(pages, { query: EmailChangeQuery }, async (request) => {
    const language = pageLanguage(request);
    const purpose = purposeOf(request);
    const { token } = request.query;
    const change = await lookAtChange(needs, token, purpose, request.context.now);
    return pages.answer(language, changePage(pages, { language, purpose, token, change }));
  }),
  POST: pageRoute(pages, { body: EmailChangeForm }, async (request) => {
    const language = pageLanguage(request, request.body.lang);
    try {
      return await act(request, language);
    } catch (error) {
      return problemPage(pages, error, language, request, ({ code }) => {
        if (code === 'USER_ALREADY_EXISTS') return outcomePage(pages, language, 'taken');
        const isDead = code === 'VERIFICATION_TOKEN_INVALID' || code === 'VERIFICATION_TOKEN_EXPIRED';
        return isDead ? outcomePage(pages, language, purposeOf(request) === 'undo_email' ? 'late' : 'over') : null;
      });
    }
  }),
});

async function act(request: HttpRequest<z.infer<typeof EmailChangeForm>>, language: Language): Promise<HttpAnswer> {
  const { body, context } = request;
  const purpose = purposeOf(request);
  const answer = (outcome: Outcome) => pages.answer(language, outcomePage(pages, language, outcome));
  if (purpose === 'undo_email' || body.answer === 'not_mine') {
    const ended = await endEmailChange(needs, body.token, purpose, context);
    return answer(ended === 'before' ? 'ended' : ended);
  }
  const { outcome, email, device } = await proveNewEmail(needs, body.token, context);
  if (outcome === 'before') return answer('before');
  // From another site it is of a stranger's account, and would put an own one's out of its place (S67).
  if (isForeign(request, settings.issuer)) return answer('changed');
  const known = {
    pseudonymize: await needs.pseudonyms(),
    emailKey: emailKey(email),
    deviceToken: device && (await deviceTokens.seal(device)),
    now: context.now,
  };
  return { ...answer('changed'), cookies: await setDeviceCookie(request, deviceTokens, known, settings) };
}
