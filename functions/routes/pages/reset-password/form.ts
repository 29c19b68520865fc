/** The page behind a reset link: the form, first and again after a password that was refused, and where it is over. */
import form from 'browser:form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { PasswordFault } from '../../../domain/problem.ts';
import type { Settings } from '../../../domain/settings.ts';
import type { Page, Pages } from '../../../http/page.ts';
import { field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, linkForm, linkInLanguage } from '../../../http/parts/form.ts';
import { result, sign } from '../../../http/parts/message.ts';
import type { LinkState } from '../../../store/one-time-tokens.ts';
import { newPassword } from '../new-password.ts';
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
  const { ask } = texts[language];
  const { hint, faults } = newPassword[language];
  return {
    heading: ask.heading,
    script: form,
    inLanguage: linkInLanguage(ACTION, token),
    isRefused: fault !== undefined,
    content: linkForm(
      ACTION,
      token,
      language,
      html`${
        email !== null &&
        field({ id: 'username', label: ask.account, autocomplete: 'username', value: email, isReadonly: true })
      }
${passwordField(language, {
  id: 'new_password',
  label: ask.label,
  autocomplete: 'new-password',
  hint: hint(passwordMinLength),
  error: fault && faults[fault](passwordMinLength),
  minLength: passwordMinLength,
  hasFocus: true,
})}
${actions(button({ label: ask.button, id: 'submit' }))}`,
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
  const said = results[used ? 'used' : expired ? 'expired' : 'invalid'];
  return result(
    said,
    html`${linkForm(
      ACTION,
      token,
      language,
      actions(button({ label: renew, id: 'renew', name: 'answer', value: 'renew' })),
    )}
${pages.leadOn(language, 'secondary')}`,
    used ? sign('check', 'good') : sign('clock', 'plain'),
  );
}
