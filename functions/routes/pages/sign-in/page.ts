/** Sign-in: address and password together, since password managers fill in both. */
import script from 'browser:form';
import { type Html, html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { checkbox, field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface SignInProps extends FormViewProps {
  /** As it was typed before, or hinted at by the request. */
  readonly email?: string | undefined;
  /** The one account that may sign in here, which did before: it only confirms that it is there. */
  readonly account?: string | undefined;
  readonly keepSignedIn?: boolean;
  readonly fault?: 'wrong' | 'stale' | 'unavailable' | { readonly limitedSeconds: number } | undefined;
  readonly links: {
    readonly forgotPassword: string;
    /** None where nobody may register, or the account is given. */
    readonly signUp?: string | undefined;
    /** Beside an account that is given. */
    readonly otherAccount?: string | undefined;
  };
}

/** Sends `email`, `password`, `keep_signed_in`; or `cancel`. */
export function signInPage({ language, form, account, fault, ...props }: SignInProps): Page {
  const said = texts[language];
  const { confirm } = said;
  const isWrong = fault === 'wrong';
  const errorAt = isWrong ? 'fault' : undefined;
  const email = account ?? props.email;
  return {
    ...formPage(props),
    heading: account === undefined ? said.heading : confirm.heading,
    script,
    isRefused: fault !== undefined,
    content: html`${lead(props.client, said, account !== undefined)}${fault !== undefined && html`${notice('bad', faultText(language, fault, account), 'fault')}\n`}${postForm(
      form,
      html`${field({
        id: 'email',
        label: said.email,
        autocomplete: 'username',
        inputMode: 'email',
        value: email,
        isReadonly: account !== undefined,
        errorAt: account === undefined ? errorAt : undefined,
        hasFocus: !email,
      })}
${passwordField(language, {
  id: 'password',
  label: said.password,
  autocomplete: 'current-password',
  errorAt,
  hasFocus: !!email,
  beside: { href: props.links.forgotPassword, text: said.forgotten, id: 'forgotten' },
})}
${account === undefined && checkbox({ id: 'keep_signed_in', label: said.keep, isChecked: props.keepSignedIn ?? false })}
${actions(
  button({ label: account === undefined ? said.submit : confirm.submit, id: 'submit' }),
  props.client !== undefined && cancelButton(language),
)}`,
    )}
${lastLink(said, props.links, account !== undefined)}`,
  };
}

type Said = (typeof texts)[keyof typeof texts];

function lead(client: SignInProps['client'], said: Said, isConfirming: boolean): Html {
  if (isConfirming) return clientLead(said.confirm.text, {});
  return client ? clientLead(said.goOnTo(client.name), client) : html``;
}

function faultText(
  language: SignInProps['language'],
  fault: NonNullable<SignInProps['fault']>,
  account: string | undefined,
): Html {
  const { faults } = texts[language];
  if (typeof fault === 'object') return html`${faults.limited(duration(language, fault.limitedSeconds))}`;
  if (fault !== 'wrong') return html`${faults[fault]}`;
  return html`${account === undefined ? faults.wrong : faults.wrongPassword}`;
}

function lastLink(said: Said, { signUp, otherAccount }: SignInProps['links'], isConfirming: boolean): Html {
  if (isConfirming) {
    return html`${otherAccount !== undefined && html`<p><a href="${otherAccount}" id="other">${said.confirm.other}</a></p>`}`;
  }
  return html`${signUp !== undefined && html`<p>${said.isNew} <a href="${signUp}" id="create">${said.create}</a></p>`}`;
}
