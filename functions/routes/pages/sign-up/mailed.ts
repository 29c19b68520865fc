/** After sign-up: where to look, and the code for who would rather type. The same whether or not there was an account (S7). */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, postForm } from '../../../http/parts/form.ts';
import { notice, sign } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface MailedProps extends FormViewProps {
  /** As it was typed: who reads it sees whether it is right. */
  readonly email: string;
  readonly linkSeconds: number;
  /** Whether the mailed code is taken here; it is sent as `code`. */
  readonly takesCode?: boolean;
  /** A code that was typed is not the newest mail's. */
  readonly isWrong?: boolean;
  /** Another mail was asked for, and is on its way. */
  readonly isSentAgain?: boolean;
  readonly canCancel?: boolean;
  readonly links: { readonly signIn: string; readonly signUp: string };
}

/** Sends `code`; or `answer`, which is `again`, for another mail; or `cancel`. */
export function mailedPage({ language, form, email, takesCode = false, isWrong = false, ...props }: MailedProps): Page {
  const { mailed, signIn } = texts[language];
  const again = button({
    label: mailed.again,
    id: 'again',
    kind: 'secondary',
    name: 'answer',
    value: 'again',
    unchecked: true,
  });
  return {
    ...formPage(props),
    heading: mailed.heading,
    above: sign('mail', 'good'),
    script,
    isRefused: isWrong,
    content: html`<p class="lead long">${mailed.sentTo} <strong class="address">${email}</strong> ${mailed.works(duration(language, props.linkSeconds))}</p>
${props.isSentAgain && html`${notice('good', html`${mailed.sentAgain}`)}\n`}${postForm(
  form,
  html`${
    takesCode &&
    field({
      id: 'code',
      label: mailed.code,
      hint: mailed.codeHint,
      autocomplete: 'one-time-code',
      inputMode: 'numeric',
      error: isWrong ? mailed.codeWrong : undefined,
      hasFocus: isWrong,
    })
  }
${actions(takesCode && button({ label: mailed.confirm, id: 'submit' }), again, props.canCancel && cancelButton(language))}`,
)}
<p>${mailed.opened} <a href="${props.links.signIn}" id="sign_in">${signIn}</a></p>
<p class="small soft">${mailed.nothing} <a href="${props.links.signUp}" id="other">${mailed.other}</a></p>`,
  };
}
