/** An invitation that a page of this service accepts: for who has the invited address, and for who does not. */
import script from 'browser:form';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { type FormViewProps, formPage, type Page, type ViewProps } from '../../../http/page-content.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { result, sign } from '../../../http/parts/message.ts';
import { texts } from './texts.ts';

interface Invitation {
  /** Its owner's choice. */
  readonly organization: string;
  /** The address that the inviter proved. */
  readonly inviter?: string | undefined;
  /** The invited address. */
  readonly email: string;
}

export interface InvitationProps extends FormViewProps, Invitation {}

/** For the invited person, signed in. Sends nothing but the form for a yes; `cancel` for "not now". */
export function invitationPage({ language, form, ...props }: InvitationProps): Page {
  const { ask } = texts[language];
  return {
    ...formPage(props),
    heading: ask.heading(props.organization),
    script,
    content: html`${facts(language, props)}
${postForm(
  form,
  actions(
    button({ label: ask.accept, id: 'submit' }),
    button({ label: ask.later, id: 'cancel', kind: 'secondary', name: 'cancel', value: 'true', unchecked: true }),
  ),
)}`,
  };
}

export interface InvitationElsewhereProps extends ViewProps, Invitation {
  /** The address of who is signed in, which is not the invited one; nobody is without it. */
  readonly account?: string | undefined;
  readonly links: { readonly signIn: string; readonly signUp?: string | undefined };
}

/** For who is not signed in, or as somebody else. */
export function invitationElsewherePage({
  language,
  inLanguage,
  account,
  links,
  ...props
}: InvitationElsewhereProps): Page {
  const { ask } = texts[language];
  const isOther = account !== undefined;
  return {
    inLanguage,
    heading: ask.heading(props.organization),
    content: html`${isOther && html`<p class="lead long">${ask.other} <strong class="address">${account}</strong></p>\n`}${facts(language, props)}
${actions(
  linkButton(links.signIn, isOther ? ask.change : ask.signIn, 'sign_in'),
  links.signUp !== undefined && linkButton(links.signUp, ask.signUp, 'sign_up', 'secondary'),
)}`,
  };
}

export interface JoinedProps extends ViewProps {
  readonly organization: string;
  readonly next: Html;
}

export function joinedPage({ language, inLanguage, organization, next }: JoinedProps): Page {
  const { heading, text } = texts[language].joined;
  return { ...result({ heading: heading(organization), text }, next, sign('check', 'good')), inLanguage };
}

/** @param next where to go from there, such as `Pages.leadOn` */
export function invitationOverPage(
  { language, inLanguage }: ViewProps,
  state: 'expired' | 'invalid' | 'full',
  next: Html,
): Page {
  return { ...result(texts[language].over[state], next, sign('clock', 'plain')), inLanguage };
}

function facts(language: Language, { inviter, email }: Invitation): Html {
  const { ask } = texts[language];
  return html`<dl class="facts long">
${inviter !== undefined && html`<div><dt>${ask.inviter}</dt><dd>${inviter}</dd></div>\n`}<div><dt>${ask.invited}</dt><dd>${email}</dd></div>
</dl>`;
}
