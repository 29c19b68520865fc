/** What every page of the account does, whichever it is: who is there, what is asked first, and what is said afterwards. */
import type { AccountForm, AccountQuery } from '../../../contracts/http/forms.ts';
import { demandedAcr } from '../../../domain/authentication-level.ts';
import { Problem } from '../../../domain/problem.ts';
import type { Settings } from '../../../domain/settings.ts';
import { sessionCookie } from '../../../http/browser-cookies.ts';
import { FORM_TOKEN, type FormTokens } from '../../../http/form-token.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../../http/messages.ts';
import type { Pages } from '../../../http/page.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { findOwnAccount } from '../../../store/account-overview.ts';
import type { Database } from '../../../store/database.ts';
import type { DemandSettings } from '../../../store/demanded-levels.ts';
import { languageFor, pageAddress } from '../carried.ts';
import { orAgain } from '../carried-trouble.ts';
import { type Area, questionSection, type Section, type Visit } from './area.ts';
import { framed, pathOf } from './frame.ts';

export interface ServeNeeds {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'issuer' | 'reauthenticationSeconds'> & DemandSettings;
  readonly database: Database;
  readonly forms: FormTokens;
}

/** What has a page, or a way on, of its own: the page that the form came from does not say it. */
const isSaid = new Set(['REAUTHENTICATION_REQUIRED', 'RESOURCE_NOT_FOUND', 'FORBIDDEN', 'COOKIES_OFF']);

/** What a page was opened with, of its form. */
const queryOf = ({ lang, request, invitation, to }: AccountForm): AccountQuery => ({
  ...{ lang, request, invitation, to },
  ...{ ask: '', id: '', done: '', cursor: '' },
});

/** @param areas by the last part of their address */
export function serveAccount<Needs extends ServeNeeds>(needs: Needs, areas: Readonly<Record<string, Area<Needs>>>) {
  const { pages, settings, forms } = needs;

  /** @returns the way to sign-in where nobody is signed in: it leads back */
  async function visitOf(
    request: RawRequest,
    query: AccountQuery,
  ): Promise<{ visit: Visit; cookies: readonly string[] } | HttpAnswer> {
    const page = pageOf(request);
    const cookie = sessionCookie(request, settings);
    const account = cookie && (await findOwnAccount(needs.database, cookie, settings, request.context.now));
    if (!account) return redirectTo(pageAddress('/sign-in', { to: pathOf(page), lang: query.lang }));
    const language = languageFor(request, { lang: query.lang, locale: account.locale });
    const { token, cookies } = await forms.issue(request);
    const { lang } = query;
    const at: Visit['at'] = (other, more = {}) => pageAddress(pathOf(other), { lang, ...more });
    // Without one that was chosen, a page is in the account's language: also in the one that it has just been given.
    const whose = { account: account.user_id, [FORM_TOKEN]: token };
    const form = { action: pathOf(page), hidden: { ...(lang === '' ? {} : { lang }), ...whose } };
    const caller = { sub: account.user_id, sid: account.session_id };
    return { visit: { request, language, account, caller, query, form, at }, cookies };
  }

  const pageOf = ({ path }: RawRequest) => path.split('/')[2] ?? '';
  const areaOf = (request: RawRequest): Area<Needs> => {
    const page = pageOf(request);
    if (!Object.hasOwn(areas, page)) throw new Problem('RESOURCE_NOT_FOUND');
    return areas[page] as Area<Needs>;
  };

  function answerWith(visit: Visit, cookies: readonly string[], section: Section, fault?: Problem): HttpAnswer {
    const said = areaOf(visit.request).done?.(visit.language) ?? {};
    const done = Object.entries(said).find(([name]) => name === visit.query.done)?.[1];
    return {
      ...pages.answer(visit.language, framed(visit, section, { page: pageOf(visit.request), done, fault })),
      cookies,
    };
  }

  const toConfirm = ({ at }: Visit, page: string): HttpAnswer => redirectTo(at('confirm', { to: pathOf(page) }));

  /** What is demanded of everybody, or of administrators, is shown or set up before anything else is done (S86). */
  const toEnrol = (visit: Visit, { isForEnrolling }: Area<Needs>): HttpAnswer | null => {
    const { account, at, request } = visit;
    if (!account.is_below || isForEnrolling) return null;
    if (account.stale_acr === demandedAcr) return toConfirm(visit, pageOf(request));
    // A mailed code shows it, of whoever has set up nothing: who would rather do that finds it at the pages that are open.
    if (account.factors.includes('email')) {
      return redirectTo(
        pageAddress('/second-factor', { again: 'true', to: pathOf(pageOf(request)), lang: visit.query.lang }),
      );
    }
    return redirectTo(at(''));
  };

  async function show(
    request: RawRequest,
    query: AccountQuery,
    fault?: Problem,
    sent?: AccountForm,
  ): Promise<HttpAnswer> {
    const area = areaOf(request);
    const opened = await visitOf(request, query);
    if (!('visit' in opened)) return opened;
    const { cookies } = opened;
    const visit = { ...opened.visit, sent };
    const elsewhere = toEnrol(visit, area) ?? area.instead?.(visit, needs);
    if (elsewhere) return elsewhere;
    const question = Object.entries(area.asks?.(visit.language) ?? {}).find(([name]) => name === query.ask)?.[1];
    if ((area.isSensitive || question?.isSensitive) && visit.account.stale_acr !== null)
      return toConfirm(visit, pageOf(request));
    const section = question
      ? questionSection(visit, visit.at(pageOf(request)), question)
      : await area.show(needs, visit, fault);
    return answerWith(visit, cookies, section, fault && !section.isRefused ? fault : undefined);
  }

  async function act(request: HttpRequest<AccountForm>): Promise<HttpAnswer> {
    const { body } = request;
    await forms.check(request, body.form_token);
    const area = areaOf(request);
    const opened = await visitOf(request, queryOf(body));
    if (!('visit' in opened)) return opened;
    const { visit, cookies } = opened;
    // Somebody else has signed in since, in another tab: what one account's page says is not done to another.
    if (body.account !== visit.account.user_id) throw new Problem('FORM_EXPIRED');
    const elsewhere = toEnrol(visit, area);
    if (elsewhere) return elsewhere;
    const action = Object.entries(area.acts ?? {}).find(([name]) => name === body.action)?.[1];
    if (!action) throw new Problem('VALIDATION_ERROR');
    const outcome = await action(needs, visit, body);
    if ('done' in outcome) return redirectTo(visit.at(outcome.at ?? pageOf(request), { done: outcome.done }));
    return 'once' in outcome ? answerWith(visit, cookies, outcome.once) : outcome;
  }

  return {
    show: (request: HttpRequest<undefined, AccountQuery>) => show(request, request.query),
    act: (request: HttpRequest<AccountForm>) => {
      return orAgain(
        () => act(request),
        (problem) =>
          isSaid.has(problem.code) ? undefined : show(request, queryOf(request.body), problem, request.body),
      ).catch((problem: Problem) => {
        if (problem.code !== 'REAUTHENTICATION_REQUIRED') throw problem;
        return redirectTo(pageAddress(pathOf('confirm'), { to: pathOf(pageOf(request)), lang: request.body.lang }));
      });
    },
  };
}
