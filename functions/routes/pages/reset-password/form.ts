/** The page behind a reset link: the form, first and again after a password that was refused, and where it is over. */
import showPassword from 'browser:show-password';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { MAX_PASSWORD_LENGTH } from '../../../domain/password-length.ts';
import type { PasswordFault } from '../../../domain/problem.ts';
import type { Settings } from '../../../domain/settings.ts';
import { linkForm, type Page, type Pages } from '../../../http/page.ts';
import type { LinkState } from '../../../store/one-time-tokens.ts';
import { texts } from './texts.ts';

interface FormNeeds {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'passwordMinLength'>;
}

const ACTION = 'reset-password';

/**
 * @param email the account's, as a password manager keeps the password by it; null where the link is not known to be
 *   genuine
 */
export function resetForm(
  { passwordMinLength }: FormNeeds['settings'],
  language: Language,
  token: string,
  { email, fault }: { readonly email: string | null; readonly fault?: PasswordFault | undefined },
): Page {
  const { ask, faults } = texts[language];
  const isRefused = fault !== undefined;
  return {
    heading: ask.heading,
    script: showPassword,
    isRefused,
    content: linkForm(
      ACTION,
      token,
      language,
      html`${
        email !== null &&
        html`<label for="username">${ask.account}</label>
<input type="text" id="username" autocomplete="username" readonly value="${email}">`
      }
<label for="new_password">${ask.label}</label>
<p class="hint" id="hint">${ask.hint(passwordMinLength)}</p>
<input type="password" id="new_password" name="new_password" autocomplete="new-password" required minlength="${String(passwordMinLength)}" aria-describedby="hint${isRefused && html` fault`}"${isRefused && html` aria-invalid="true"`} autofocus>
${isRefused && html`<p class="fault" role="alert" id="fault">${faults[fault](passwordMinLength, MAX_PASSWORD_LENGTH)}</p>`}
<button type="button" id="show" class="plain" aria-pressed="false" aria-controls="new_password" hidden>${ask.show}</button>
<p class="actions"><button type="submit">${ask.button}</button></p>`,
    ),
  };
}

/** @param link what a genuine link is of; null for any other, which is asked about as if nothing were known */
export function resetPage(
  { pages, settings }: FormNeeds,
  language: Language,
  token: string,
  link: LinkState | 'gone' | null,
): Page {
  if (link === 'gone') return pages.result(language, texts[language].gone);
  if (link && !link.live) return overPage(pages, language, token, link);
  return resetForm(settings, language, token, { email: link?.email ?? null });
}

/** A link that is over; a new one is sent to where the old one was. */
export function overPage(pages: Pages, language: Language, token: string, { used, expired }: LinkState): Page {
  const { renew, ...results } = texts[language];
  return pages.result(
    language,
    results[used ? 'used' : expired ? 'expired' : 'invalid'],
    html`${linkForm(
      ACTION,
      token,
      language,
      html`<p class="actions"><button type="submit" name="answer" value="renew">${renew}</button></p>`,
    )}
${pages.leadOn(language, 'secondary')}`,
  );
}
