/** Pages for a request that leads nowhere: nobody is sent to an address that is not known (S74), and nobody meets a dead end. */
import { type Html, html } from '../../../domain/html.ts';
import type { Page, ViewProps } from '../../../http/page-content.ts';
import { actions, linkButton } from '../../../http/parts/form.ts';
import { result, sign } from '../../../http/parts/message.ts';
import { type RequestFault, texts } from './texts.ts';

export interface BadRequestProps extends ViewProps {
  readonly fault: RequestFault;
  /** As the request had it: shown as text, cut short. */
  readonly clientId?: string | undefined;
  /** In the service's log too. */
  readonly correlationId: string;
}

/** Characters of a client's id: its whole length for ours, and most of an address. */
const MOST_ID = 200;

/** The address that the answer was to go to is not among the facts: people would copy it, and open it. */
export function badRequestPage({ language, inLanguage, fault, clientId, correlationId }: BadRequestProps): Page {
  const said = texts[language];
  const fact = (name: string, value: Html) => html`<div><dt>${name}</dt><dd class="long">${value}</dd></div>\n`;
  return {
    status: 400,
    heading: said.heading,
    above: sign('alert', 'bad'),
    inLanguage,
    content: html`<p class="lead" role="alert">${said.faults[fault]}</p>
<p>${said.next}</p>
<section class="box" aria-labelledby="facts">
<h2 id="facts">${said.forOperators}</h2>
<dl class="facts">
${clientId !== undefined && fact(said.application, html`<code>${Array.from(clientId).slice(0, MOST_ID).join('')}</code>`)}${fact(said.reason, html`<code>${fault === 'repeated' ? 'invalid_request' : `invalid ${fault === 'client' ? 'client_id' : fault}`}</code>`)}${fact(said.reference, html`<code>${correlationId}</code>`)}</dl>
</section>`,
  };
}

export interface ExpiredProps extends ViewProps {
  /** Where to sign in without the request. */
  readonly signIn?: string | undefined;
}

export function expiredRequestPage({ language, inLanguage, signIn }: ExpiredProps): Page {
  const { button, ...said } = texts[language].expired;
  const next = signIn === undefined ? html`` : actions(linkButton(signIn, button, 'sign_in'));
  return { ...result(said, next, sign('clock', 'plain')), status: 400, inLanguage };
}

export interface CookiesOffProps extends ViewProps {
  /** The page that needed the cookie, with its request. */
  readonly again: string;
}

export function cookiesOffPage({ language, inLanguage, again }: CookiesOffProps): Page {
  const { button, ...said } = texts[language].cookies;
  return {
    ...result(said, actions(linkButton(again, button, 'again')), sign('alert', 'careful')),
    status: 400,
    inLanguage,
  };
}
