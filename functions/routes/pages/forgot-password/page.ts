/** A forgotten password: asks for the address, and says where to look. */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page, type ViewProps } from '../../../http/page-content.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice, sign } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface ForgotPasswordProps extends FormViewProps {
  readonly email?: string | undefined;
  /** The application whose request led here: then there is Cancel, which is sent as `cancel`. */
  readonly canCancel?: boolean;
  readonly fault?: 'malformed' | 'stale' | { readonly limitedSeconds: number } | undefined;
  readonly links: { readonly signIn: string };
}

/** Sends `email`; or `cancel`. */
export function forgotPasswordPage({ language, form, email, fault, ...props }: ForgotPasswordProps): Page {
  const said = texts[language];
  const ofWhole =
    typeof fault === 'object'
      ? said.limited(duration(language, fault.limitedSeconds))
      : fault === 'stale' && said.stale;
  return {
    ...formPage(props),
    heading: said.heading,
    script,
    isRefused: fault !== undefined,
    content: html`<p class="lead">${said.text}</p>
${ofWhole && html`${notice('bad', html`${ofWhole}`, 'fault')}\n`}${postForm(
  form,
  html`${field({
    id: 'email',
    label: said.email,
    autocomplete: 'username',
    inputMode: 'email',
    value: email,
    error: fault === 'malformed' ? said.malformed : undefined,
    hasFocus: true,
  })}
${actions(button({ label: said.submit, id: 'submit' }), props.canCancel && cancelButton(language))}`,
)}
<p><a href="${props.links.signIn}" id="sign_in">${said.back}</a></p>`,
  };
}

export interface ResetSentProps extends ViewProps {
  /** As it was typed: who reads it sees whether it is right. */
  readonly email: string;
  readonly linkSeconds: number;
  readonly links: { readonly signIn: string; readonly again: string };
}

export function resetSentPage({ language, inLanguage, email, linkSeconds, links }: ResetSentProps): Page {
  const { sent } = texts[language];
  return {
    heading: sent.heading,
    above: sign('mail', 'good'),
    inLanguage,
    content: html`<p class="lead long" role="status">${sent.before} <strong class="address">${email}</strong> ${sent.after(duration(language, linkSeconds))}</p>
${actions(linkButton(links.signIn, sent.back, 'sign_in'))}
<p class="small soft">${sent.nothing} <a href="${links.again}" id="again">${sent.again}</a></p>`,
  };
}
