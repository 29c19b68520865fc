/** GET and POST /device: the code that a device shows is typed here. Then the request goes the way of every other. */
import { DeviceForm, DeviceQuery } from '../../contracts/http/forms.ts';
import { readUserCode, shownUserCode } from '../../domain/device-code.ts';
import { enterUserCode } from '../../flows/enter-user-code.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { goOn, languageFor } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type DeviceFault, deviceOutcomePage, devicePage } from './device/page.ts';
import { openPage } from './opened-page.ts';

const PATH = '/device';
const pages = stagePages();
const settings = stageSettings();
const { forms, carriedRequests } = stageBrowserDoor();
const needs = { settings, database: stageDatabase(), pseudonyms: stagePseudonyms() };
const trouble = carriedTrouble(pages);

interface Typed {
  readonly user_code: string;
  readonly lang: string;
}

async function show(request: RawRequest, { user_code: typed, lang }: Typed, fault?: DeviceFault): Promise<HttpAnswer> {
  const opened = { request: '', invitation: '', lang };
  const { view, cookies, addressOf } = await openPage({ settings, forms, carriedRequests }, request, PATH, opened);
  const known = readUserCode(typed);
  const page = devicePage({
    ...view,
    inLanguage: (one) => addressOf(PATH, { user_code: typed, lang: one }),
    userCode: known === null ? typed : shownUserCode(known),
    fault,
  });
  return { ...pages.answer(view.language, page), cookies };
}

async function act(request: HttpRequest<(typeof DeviceForm)['_zod']['output']>): Promise<HttpAnswer> {
  const { body, context } = request;
  await forms.check(request, body.form_token);
  const language = languageFor(request, body);
  const typed = { typed: body.user_code, browser: sessionCookie(request, settings), language };
  const asked = await enterUserCode(needs, typed, context);
  if (!asked) return { ...(await show(request, body, 'unknown')), status: 400 };
  const { text } = await carriedRequests.carry({ request: asked, step: 'consent', clientName: '' }, request);
  return goOn(pages, language, { request: text });
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: DeviceQuery }, (request) =>
    trouble(request, request.query, () => {
      const { done, error } = request.query;
      if (done === '' && error === '') return show(request, request.query);
      const language = languageFor(request, request.query);
      const outcome = done === 'allowed' || done === 'denied' || done === 'late' ? done : 'cancelled';
      return Promise.resolve(pages.answer(language, deviceOutcomePage(language, outcome)));
    }),
  ),
  POST: pageRoute(pages, { body: DeviceForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        ({ code, retryAfter = 0 }) => {
          if (code === 'FORM_EXPIRED') return show(request, request.body, 'stale');
          return code === 'RATE_LIMITED' ? show(request, request.body, { limitedSeconds: retryAfter }) : undefined;
        },
      ),
    ),
  ),
});
