/** Sign-out: the question, where nothing proves that the person asked for it, and the page that ends it. */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page, type ViewProps } from '../../../http/page-content.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { result, sign } from '../../../http/parts/message.ts';
import { texts } from './texts.ts';

export interface SignOutProps extends FormViewProps {
  /** The address of who is signed in. */
  readonly account: string;
  /** The application that led here. */
  readonly client?: { readonly name: string } | undefined;
}

/** Sends nothing but the form for a yes; `cancel` for a no. */
export function signOutPage({ language, form, account, client, ...props }: SignOutProps): Page {
  const { ask } = texts[language];
  return {
    ...formPage(props),
    heading: ask.heading,
    script,
    content: html`<p class="lead long">${client !== undefined && html`${ask.asked(client.name)} `}${ask.text}</p>
<dl class="facts long"><div><dt>${ask.signedInAs}</dt><dd>${account}</dd></div></dl>
${postForm(
  form,
  actions(
    button({ label: ask.yes, id: 'submit' }),
    button({ label: ask.no, id: 'cancel', kind: 'secondary', name: 'cancel', value: 'true', unchecked: true }),
  ),
)}`,
  };
}

export interface SignedOutProps extends ViewProps {
  /** Where to sign in again. */
  readonly signIn?: string | undefined;
  /** An address that the client registered, and that this request is not sent to by itself. */
  readonly back?: { readonly client: string; readonly href: string } | undefined;
}

export function signedOutPage({ language, inLanguage, signIn, back }: SignedOutProps): Page {
  const { done } = texts[language];
  const links = [
    back && linkButton(back.href, done.back(back.client), 'back', 'long'),
    signIn !== undefined && linkButton(signIn, done.again, 'sign_in', back ? 'secondary' : 'primary'),
  ].filter((link) => !!link);
  const next = links.length === 0 ? html`` : actions(...links);
  return { ...result(done, next, sign('check', 'good')), inLanguage };
}
