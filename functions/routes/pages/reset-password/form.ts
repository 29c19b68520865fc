/** The form, first and again after a password that was refused. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Page } from '../../../http/page.ts';
import { settings } from '../../../settings.ts';
import { texts } from './texts.ts';

export function resetForm(language: Language, token: string, { rejected }: { readonly rejected: boolean }): Page {
  const { ask, rejected: fault } = texts[language];
  // Relative to the page, so without its query: the token is sent in the body alone.
  return {
    heading: ask.heading,
    content: html`${rejected && html`<p class="fault" role="alert" id="fault">${fault}</p>`}
<form method="post" action="reset-password">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="lang" value="${language}">
<label for="new_password">${ask.label}</label>
<p class="hint" id="hint">${ask.hint(settings.passwordMinLength)}</p>
<input type="password" id="new_password" name="new_password" autocomplete="new-password" required minlength="${String(settings.passwordMinLength)}" aria-describedby="hint${rejected && html` fault`}"${rejected && html` aria-invalid="true" autofocus`}>
<button type="submit">${ask.button}</button>
</form>`,
  };
}
