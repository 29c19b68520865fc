/** Signing in by mail: the address, then the code; and what the mailed link shows, here and in any other browser. */
import script from 'browser:form';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { type FormViewProps, formPage, type Page, type ViewProps } from '../../../http/page-content.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { checkbox, field } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice, result, sign } from '../../../http/parts/message.ts';
import { deviceField } from '../../../http/parts/passkey.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export type MailFault = 'malformed' | 'wrong' | 'over' | 'stale' | 'unavailable' | { readonly limitedSeconds: number };

interface Tried {
  readonly fault?: MailFault | undefined;
}

export interface AskProps extends FormViewProps, Tried {
  /** As it was typed before, or hinted at by the request. */
  readonly email?: string | undefined;
  readonly keepSignedIn: boolean;
  /** The application whose request led here is given it back. */
  readonly canCancel: boolean;
  /** To the password; or, where there is none, to another account. */
  readonly links: { readonly signIn: string | undefined; readonly signUp: string | undefined };
}

/** Sends `email`, `keep_signed_in`; or `cancel`. */
export function askPage({ language, form, fault, links, ...props }: AskProps): Page {
  const said = texts[language].ask;
  return {
    ...formPage(props),
    heading: said.heading,
    script,
    isRefused: fault !== undefined,
    content: html`${props.client && clientLead(said.goOnTo(props.client.name), props.client)}<p class="lead">${said.text}</p>
${fault !== 'malformed' && troubleOf(language, fault)}${postForm(
  form,
  html`${field({
    id: 'email',
    label: said.email,
    autocomplete: 'username',
    inputMode: 'email',
    value: props.email,
    error: fault === 'malformed' ? said.malformed : undefined,
    hasFocus: true,
  })}
${checkbox({ id: 'keep_signed_in', label: said.keep, isChecked: props.keepSignedIn })}
${actions(button({ label: said.submit, id: 'submit' }), props.canCancel && cancelButton(language))}`,
)}
${links.signIn && html`<p><a href="${links.signIn}" id="sign_in">${said.byPassword}</a></p>`}${links.signUp && html`<p>${said.isNew} <a href="${links.signUp}" id="create">${said.create}</a></p>`}`,
  };
}

export interface CodeProps extends FormViewProps, Tried {
  /** As it was typed: who reads it sees whether it is right. */
  readonly email: string;
  readonly canCancel: boolean;
}

/** Sends `code`; or `answer`, which is `again` or `other`; or `cancel`. */
export function codePage({ language, form, email, fault, ...props }: CodeProps): Page {
  const said = texts[language].code;
  const other = (value: 'again' | 'other') =>
    button({ label: said[value], id: value, kind: 'plain', name: 'answer', value, unchecked: true });
  return {
    ...formPage(props),
    heading: said.heading,
    above: sign('mail', 'good'),
    script,
    isRefused: fault !== undefined,
    content: html`<p class="lead long" role="status">${said.before} <strong class="address">${email}</strong> ${said.after}</p>
${fault !== 'wrong' && troubleOf(language, fault)}${postForm(
  form,
  html`${deviceField}${field({
    id: 'code',
    label: said.label,
    autocomplete: 'one-time-code',
    inputMode: 'numeric',
    maxLength: MOST_TYPED,
    error: fault === 'wrong' ? said.wrong : undefined,
    hasFocus: true,
  })}
${actions(button({ label: said.submit, id: 'submit' }), props.canCancel && cancelButton(language))}
<p class="small soft">${said.nothing}</p>
<p class="links">${other('again')} ${other('other')}</p>`,
)}`,
  };
}

/** Six digits, with what people paste between and around them. */
const MOST_TYPED = 20;

export interface HereProps extends FormViewProps, Tried {
  readonly email: string;
}

/** The link, in the browser that asked. Sends the link's `token`. */
export function herePage({ language, form, email, fault, ...props }: HereProps): Page {
  const said = texts[language].here;
  return {
    ...formPage(props),
    heading: said.heading,
    script,
    isRefused: fault !== undefined,
    content: html`${troubleOf(language, fault)}<dl class="facts long"><div><dt>${said.account}</dt><dd>${email}</dd></div></dl>
${postForm(form, html`${deviceField}${actions(button({ label: said.submit, id: 'submit' }))}`)}`,
  };
}

export interface ElsewhereProps extends ViewProps {
  readonly code: string;
  /** Who asked, when and from where. */
  readonly asked: string;
}

/** The link, in a browser that has not asked: whoever talked somebody into opening it has not got in. */
export function elsewherePage({ language, inLanguage, code, asked }: ElsewhereProps): Page {
  const said = texts[language].elsewhere;
  return {
    heading: said.heading,
    inLanguage,
    content: html`<p class="lead long">${asked}</p>
${notice('careful', html`<p>${said.never}</p>`, 'never')}
<p>${said.where}</p>
<p class="code" id="code">${code}</p>
<p class="small soft">${said.notYou}</p>`,
  };
}

/** @param again where another mail is asked for */
export function overPage({ language, inLanguage }: ViewProps, again: string): Page {
  const { button: label, ...said } = texts[language].over;
  return { ...result(said, actions(linkButton(again, label, 'again')), sign('clock', 'plain')), inLanguage };
}

function troubleOf(language: Language, fault: MailFault | undefined): Html {
  if (fault === undefined || fault === 'malformed') return html``;
  const said = texts[language].faults;
  const text = typeof fault === 'object' ? said.limited(duration(language, fault.limitedSeconds)) : said[fault];
  return html`${notice('bad', html`${text}`, 'fault')}\n`;
}
