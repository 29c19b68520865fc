/** The second factor: one field, and the other ways. For a sign-in that waits for it, and for somebody who is signed in. */
import typedScript from 'browser:form';
import passkeyScript from 'browser:passkey';
import type { RequestOptions } from '../../../contracts/http/passkeys.ts';
import type { SecondFactor } from '../../../domain/authentication-level.ts';
import { html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page, type ViewProps } from '../../../http/page-content.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice, result, sign } from '../../../http/parts/message.ts';
import { assertionField, deviceField, withPasskeys } from '../../../http/parts/passkey.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface SecondFactorProps extends FormViewProps {
  /** The address of who is to show it. */
  readonly account: string;
  readonly method: SecondFactor;
  /** Of a passkey: by what it is shown. */
  readonly options?: RequestOptions | undefined;
  /** A code was mailed: it is asked for. */
  readonly isMailed?: boolean;
  /** The same page for each of the other ways. */
  readonly others: readonly { readonly method: SecondFactor; readonly href: string }[];
  readonly fault?: 'wrong' | 'stale' | 'unavailable' | { readonly limitedSeconds: number } | undefined;
}

/** Sends `method` and `code` or `assertion`; or `mail`, or `cancel`. */
export function secondFactorPage({
  language,
  form,
  account,
  method,
  options,
  isMailed = false,
  others,
  fault,
  ...props
}: SecondFactorProps): Page {
  const said = texts[language];
  const { heading, lead, label, submit, wrong } = said.methods[method];
  const isWrong = fault === 'wrong';
  const trouble = isWrong ? options && wrong : fault && troubleText(language, fault);
  const send = button({ label: submit, id: 'submit' });
  const mail = (label: string, kind?: 'secondary') =>
    button({ label, id: 'mail', kind, name: 'mail', value: 'true', unchecked: true });
  const typed = () => html`${deviceField}${field({
    id: 'code',
    label,
    autocomplete: method === 'recovery' ? 'off' : 'one-time-code',
    inputMode: method === 'recovery' ? undefined : 'numeric',
    maxLength: MOST_TYPED,
    error: isWrong ? wrong : undefined,
    hasFocus: true,
  })}
${actions(send, method === 'email' && mail(said.mailAgain, 'secondary'), cancelButton(language))}`;
  const asksForMail = method === 'email' && !isMailed;
  const control = asksForMail
    ? actions(mail(said.mail), cancelButton(language))
    : options
      ? html`${assertionField(options)}
${withPasskeys(language, actions(send))}
${actions(cancelButton(language))}`
      : typed();
  const hidden = { ...form.hidden, method, ...(isMailed ? { mailed: 'true' } : {}) };
  return {
    ...formPage(props),
    heading,
    script: options ? passkeyScript : typedScript,
    isRefused: fault !== undefined,
    content: html`${clientLead(asksForMail ? said.mailLead : lead, {})}${trouble && html`${notice('bad', html`${trouble}`, 'fault')}\n`}<dl class="facts long"><div><dt>${said.account}</dt><dd>${account}</dd></div></dl>
${postForm({ ...form, hidden }, control)}
${
  others.length > 0 &&
  html`<p>${said.others} <span class="links">${others.map((one) => html`<a href="${one.href}" id="${one.method}">${said.methods[one.method].instead}</a>\n`)}</span></p>\n`
}<p class="small soft">${said.lost}</p>`,
  };
}

/** Codes are shorter; people paste spaces and dashes with them. */
const MOST_TYPED = 50;

function troubleText(
  language: SecondFactorProps['language'],
  fault: Exclude<SecondFactorProps['fault'], 'wrong' | undefined>,
) {
  const said = texts[language];
  return typeof fault === 'object' ? said.limited(duration(language, fault.limitedSeconds)) : said[fault];
}

/** Nothing waits any more. @param signIn where to begin again, with what the person came with */
export function secondFactorOverPage({ language, inLanguage }: ViewProps, signIn: string): Page {
  const { button: label, ...said } = texts[language].over;
  return { ...result(said, actions(linkButton(signIn, label, 'sign_in')), sign('clock', 'plain')), inLanguage };
}
