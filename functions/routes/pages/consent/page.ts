/** Consent: who asks, for what, and where the answer goes. */
import script from 'browser:form';
import { describeDevice } from '../../../domain/device.ts';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { moment } from '../../../domain/mail/content.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { type ClientShown, clientDetails } from '../../../http/parts/client.ts';
import { actions, button, postForm } from '../../../http/parts/form.ts';
import { icon } from '../../../http/parts/icon.ts';
import { notice } from '../../../http/parts/message.ts';
import { type KnownScope, texts } from './texts.ts';

export interface ConsentProps extends FormViewProps {
  readonly client: ClientShown & {
    readonly termsUrl?: string | undefined;
    readonly privacyUrl?: string | undefined;
  };
  /** The address of who is signed in. */
  readonly account: string;
  readonly scopes: readonly string[];
  /** The host that gets the answer, or the scheme of an application on this device. */
  readonly answerGoesTo: string;
  /** Of a device without a browser: what it shows, and what is known of it. */
  readonly device?:
    | {
        readonly userCode: string;
        readonly askedAt: Date;
        readonly ipAddress: string;
        readonly userAgent: string | null;
      }
    | undefined;
  readonly links?: { readonly otherAccount?: string | undefined };
}

/** Sends `allow`, or `cancel`: to deny is to cancel. */
export function consentPage({ language, form, client, account, scopes, device, ...props }: ConsentProps): Page {
  const said = texts[language];
  return {
    ...formPage({ ...props, client }),
    heading: said.heading(client.name),
    script,
    content: html`${device && notice('careful', html`<p>${said.device.compare}</p>\n<p class="code">${device.userCode}</p>`, 'device')}<div class="box">
${clientDetails(client)}
<div>
<h2>${said.may}</h2>
<ul class="scopes">${scopes.map((scope) => html`<li>${icon('check')}<span class="long">${scopeText(said, scope)}</span></li>\n`)}</ul>
</div>
${policies(said, client)}</div>
<dl class="facts long">
<div><dt>${said.signedInAs}</dt><dd>${account}</dd>${props.links?.otherAccount !== undefined && html`<dd class="small"><a href="${props.links.otherAccount}" id="other">${said.change}</a></dd>`}</div>
${device ? deviceFacts(language, device) : fact(said.answerGoesTo, props.answerGoesTo)}</dl>
${postForm(
  form,
  html`${actions(
    button({ label: said.allow, id: 'allow', name: 'allow', value: 'true' }),
    button({ label: said.deny, id: 'deny', kind: 'secondary', name: 'cancel', value: 'true', unchecked: true }),
  )}`,
)}
<p class="small soft">${said.revoke}</p>`,
  };
}

const fact = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`;

/** Whoever was sent the code by a stranger sees that it is a stranger's device (RFC 8628 §5.4). */
function deviceFacts(language: Language, device: NonNullable<ConsentProps['device']>): Html {
  const said = texts[language].device;
  return html`${fact(said.device, describeDevice(device.userAgent, language))}${fact(said.askedAt, moment(language, device.askedAt))}${fact(said.askedFrom, device.ipAddress)}`;
}

type Said = (typeof texts)[keyof typeof texts];

const scopeText = (said: Said, scope: string): Html =>
  Object.hasOwn(said.scopes, scope)
    ? html`${said.scopes[scope as KnownScope]}`
    : html`${said.other} <code>${scope}</code>`;

/** They are the client's own addresses, which nobody here has read. */
function policies(said: Said, { termsUrl, privacyUrl }: ConsentProps['client']): Html {
  const link = (url: string | undefined, id: string, text: string) =>
    url === undefined ? [] : [html`<a href="${url}" id="${id}" rel="noreferrer" target="_blank">${text}</a>`];
  const links = [...link(termsUrl, 'client_terms', said.terms), ...link(privacyUrl, 'client_privacy', said.privacy)];
  if (links.length === 0) return html``;
  return html`<p class="small soft">${said.policies} <span class="links">${links}</span></p>\n`;
}
