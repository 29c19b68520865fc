/** Sign-in: address and password together, since password managers fill in both. */
import script from 'browser:sign-in';
import { type Html, html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { checkbox, field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, linkButton, orDivider, postForm } from '../../../http/parts/form.ts';
import { icon } from '../../../http/parts/icon.ts';
import { notice } from '../../../http/parts/message.ts';
import { deviceField } from '../../../http/parts/passkey.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface SignInProps extends FormViewProps {
  /** As it was typed before, or hinted at by the request. */
  readonly email?: string | undefined;
  /** The one account that may sign in here, which did before: it only confirms that it is there. */
  readonly account?: string | undefined;
  readonly keepSignedIn?: boolean;
  /** Where options come from, and what was shown that nobody has; none where the stage has no passkeys. */
  readonly passkeys?: { readonly options: string; readonly unknown?: string | undefined } | undefined;
  /** With what is at fault it was tried with a passkey, not with a password. */
  readonly byPasskey?: boolean;
  readonly fault?: 'wrong' | 'unknown' | 'stale' | 'unavailable' | { readonly limitedSeconds: number } | undefined;
  /** There are no passwords: a code is mailed instead. */
  readonly byMailAlone?: boolean;
  readonly links: {
    readonly forgotPassword: string;
    /** None where nobody may register, or the account is given. */
    readonly signUp?: string | undefined;
    /** Where a code is mailed; none where the stage mails none. */
    readonly byMail?: string | undefined;
    /** Beside an account that is given. */
    readonly otherAccount?: string | undefined;
  };
}

/** Sends `email`, `password`, `keep_signed_in`; or `cancel`. */
export function signInPage({ language, form, account, fault, ...props }: SignInProps): Page {
  const said = texts[language];
  const { confirm } = said;
  const errorAt = fault === 'wrong' && !props.byPasskey ? 'fault' : undefined;
  const email = account ?? props.email;
  return {
    ...formPage(props),
    heading: account === undefined ? said.heading : confirm.heading,
    script,
    asks: props.passkeys?.options,
    isRefused: fault !== undefined,
    content: html`${lead(props.client, said, account !== undefined)}${fault !== undefined && html`${notice('bad', faultText(said, { language, fault, account, ...props }), 'fault')}\n`}${postForm(
      form,
      props.byMailAlone
        ? html`${actions(linkButton(props.links.byMail ?? '', said.mailCode, 'by_mail'))}${passkeyPart(said, language, props.passkeys)}`
        : html`${deviceField}${field({
            id: 'email',
            label: said.email,
            autocomplete: props.passkeys ? 'username webauthn' : 'username',
            inputMode: 'email',
            value: email,
            isReadonly: account !== undefined,
            errorAt: account === undefined ? errorAt : undefined,
            hasFocus: !email,
          })}
${passwordField(language, {
  id: 'password',
  label: said.password,
  // Browsers fill in no address that is given.
  autocomplete: props.passkeys && account !== undefined ? 'current-password webauthn' : 'current-password',
  errorAt,
  hasFocus: !!email,
  beside: { href: props.links.forgotPassword, text: said.forgotten, id: 'forgotten' },
})}
${account === undefined && checkbox({ id: 'keep_signed_in', label: said.keep, isChecked: props.keepSignedIn ?? false })}
${actions(
  button({ label: account === undefined ? said.submit : confirm.submit, id: 'submit' }),
  props.client !== undefined && cancelButton(language),
)}${passkeyPart(said, language, props.passkeys)}`,
    )}
${
  props.links.byMail !== undefined &&
  !props.byMailAlone &&
  html`<p><a href="${props.links.byMail}" id="by_mail">${said.byMail}</a></p>
`
}${lastLink(said, props.links, account !== undefined)}`,
  };
}

/** Shown where the script runs that it needs. */
const passkeyPart = (said: Said, language: SignInProps['language'], passkeys: SignInProps['passkeys']): Html =>
  passkeys === undefined
    ? html``
    : html`
<div data-passkey hidden>${orDivider(language)}
<p class="actions"><button type="button" id="passkey" class="secondary" data-options="${passkeys.options}"${passkeys.unknown !== undefined && html` data-unknown="${passkeys.unknown}"`}>${said.passkey}</button></p>
<p class="error" id="passkey-fault" role="alert" hidden>${icon('alert')}<span>${said.passkeyFault}</span></p></div>`;

type Said = (typeof texts)[keyof typeof texts];

function lead(client: SignInProps['client'], said: Said, isConfirming: boolean): Html {
  if (isConfirming) return clientLead(said.confirm.text, {});
  return client ? clientLead(said.goOnTo(client.name), client) : html``;
}

function faultText(
  { faults }: Said,
  { language, fault, account, byPasskey }: Pick<SignInProps, 'language' | 'account' | 'byPasskey'> & Faulty,
): Html {
  if (typeof fault === 'object') return html`${faults.limited(duration(language, fault.limitedSeconds))}`;
  if (byPasskey) return html`${faults.passkey[fault]}`;
  if (fault === 'stale' || fault === 'unavailable') return html`${faults[fault]}`;
  return html`${account === undefined ? faults.wrong : faults.wrongPassword}`;
}

type Faulty = { readonly fault: NonNullable<SignInProps['fault']> };

function lastLink(said: Said, { signUp, otherAccount }: SignInProps['links'], isConfirming: boolean): Html {
  if (isConfirming) {
    return html`${otherAccount !== undefined && html`<p><a href="${otherAccount}" id="other">${said.confirm.other}</a></p>`}`;
  }
  return html`${signUp !== undefined && html`<p>${said.isNew} <a href="${signUp}" id="create">${said.create}</a></p>`}`;
}
