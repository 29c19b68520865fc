/** What the pages have in common that a client's request may lead to: they pass it on, or give it back. */
import type { AuthorizationRequest } from '../../domain/authorization-request.ts';
import { acceptedLanguage, firstKnown, type Language } from '../../domain/language.ts';
import type { Settings } from '../../domain/settings.ts';
import { clientAnswer } from '../../flows/authorize.ts';
import type { CarriedRequest } from '../../http/carried-request.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import type { Pages } from '../../http/page.ts';
import { redirectTo } from '../../http/redirect.ts';
import { answerClient } from '../oauth/authorize/answer-client.ts';
import { MOST_IN_ADDRESS, passOn } from '../oauth/authorize/lead-to.ts';

/** The language that was chosen on a page, that of the request, the account's, the browser's. */
export const languageFor = (
  { headers, search }: Pick<RawRequest, 'headers' | 'search'>,
  {
    lang,
    carried,
    locale,
  }: { readonly lang?: string; readonly carried?: CarriedRequest | null; readonly locale?: string | null },
): Language =>
  firstKnown([lang || search.get('lang'), ...(carried?.request.uiLocales ?? []), locale]) ??
  acceptedLanguage(headers['accept-language']);

/**
 * A page's address, with what the person came with.
 * @param carried left out are those without a value, and a request that no address holds
 */
export function pageAddress(path: string, carried: Readonly<Record<string, string | undefined>>): string {
  const kept = Object.entries(carried).filter(([, value]) => value && value.length <= MOST_IN_ADDRESS);
  const query = new URLSearchParams(kept as [string, string][]).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** What somebody who has just signed in came with: a sealed request, an invitation or a page of the account, or none. */
export interface CameWith {
  readonly request: string;
  readonly invitation?: string;
  /** A path of the account's pages. */
  readonly to?: string;
}

/** The fields of another page of ours that goes on with it. */
export const came = ({
  request,
  invitation = '',
  to = '',
  lang,
}: CameWith & { readonly lang: string }): [string, string][] =>
  Object.entries({ request, invitation, to, lang }).filter(([, value]) => value !== '');

/** The account's pages; nothing else is led to by an address that anybody may make up (S74). */
const ACCOUNT_PAGE = /^\/account(\/[a-z-]{1,40})?$/;

/** @returns the overview for what is none */
export const accountPageOf = (to: string): string => (ACCOUNT_PAGE.test(to) ? to : '/account');

/** The address of {@link goOn}, of a request that an address holds. */
export function onwards({ request, invitation, to = '' }: CameWith): string {
  if (request !== '') return pageAddress('/oauth/authorize', { continue: request });
  if (ACCOUNT_PAGE.test(to)) return to;
  return invitation ? pageAddress('/accept-invitation', { token: invitation }) : '/sign-in';
}

/** On with the request, which asks by itself for what is still missing; or with what else the person came for. */
export function goOn(pages: Pages, language: Language, { request, invitation = '', to = '' }: CameWith): HttpAnswer {
  if (request === '') return redirectTo(onwards({ request, invitation, to }));
  return passOn(pages, language, '/oauth/authorize', [['continue', request]]);
}

/** Back to the client, which is told that the person does not want to (RFC 6749 §4.1.2.1). */
export const giveBack = (
  pages: Pages,
  language: Language,
  request: AuthorizationRequest,
  settings: Pick<Settings, 'issuer'>,
): HttpAnswer =>
  answerClient(
    pages,
    language,
    clientAnswer(request, { error: 'access_denied', error_description: 'The person cancelled.' }, settings),
  );

/** Where a page's form may end up at, for its policy: an origin, or the private scheme of an application on the device. */
export function originsOf(...urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => {
    if (url === undefined) return [];
    const { origin, protocol } = new URL(url);
    return [origin === 'null' ? protocol : origin];
  });
}
