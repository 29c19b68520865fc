/** Where a request goes that is not answered yet: to a page of ours, or to the GET of its own address. */
import type { AuthorizationParameters } from '../../../domain/authorization-parameters.ts';
import type { AuthorizationStep } from '../../../domain/authorization-request.ts';
import type { Language } from '../../../domain/language.ts';
import type { HttpAnswer } from '../../../http/messages.ts';
import type { Pages } from '../../../http/page.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { postOn } from './answer-client.ts';

/** Bytes. API Gateway takes 10,240 for the request line and all headers, cookies included. */
export const MOST_IN_ADDRESS = 4096;

const pathOf: Readonly<Record<AuthorizationStep, string>> = {
  'sign-in': '/sign-in',
  'choose-account': '/sign-in',
  'sign-up': '/sign-up',
  'second-factor': '/second-factor',
  consent: '/consent',
};

/** @param text the sealed request */
export function leadTo(pages: Pages, language: Language, step: AuthorizationStep, text: string): HttpAnswer {
  return passOn(pages, language, pathOf[step], [['request', text]]);
}

/** What another site has posted, as our own GET; a longer one as a form of our own. */
export function toOwnGet(pages: Pages, language: Language, parameters: AuthorizationParameters): HttpAnswer {
  const fields = Object.entries(parameters).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return passOn(pages, language, '/oauth/authorize', fields);
}

/** To an address of ours that has the fields; by a form where no address would hold them. */
export function passOn(pages: Pages, language: Language, path: string, fields: [string, string][]): HttpAnswer {
  const query = new URLSearchParams(fields).toString();
  return query.length <= MOST_IN_ADDRESS
    ? redirectTo(`${path}?${query}`)
    : postOn(pages, language, { action: path, fields });
}
