/** The page behind a verification link: what is known of the registration, and the question whose it was. */
import form from 'browser:form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { describeRegistration } from '../../../domain/registration.ts';
import type { Settings } from '../../../domain/settings.ts';
import { asksForRegistrant } from '../../../flows/confirm-registrant.ts';
import type { Page, Pages } from '../../../http/page.ts';
import { passwordField } from '../../../http/parts/field.ts';
import { actions, button, linkForm, linkInLanguage } from '../../../http/parts/form.ts';
import { result, sign } from '../../../http/parts/message.ts';
import type { LinkState } from '../../../store/one-time-tokens.ts';
import { texts } from './texts.ts';

interface FormNeeds {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'verification'> & { readonly mail: Pick<Settings['mail'], 'brandName'> };
}

const ACTION = 'verify-email';

/**
 * @param link what a genuine link is of; null for any other, which is asked about as if nothing were known
 * @param fault of a password that was typed
 */
export function verificationPage(
  { pages, settings }: FormNeeds,
  language: Language,
  token: string,
  link: LinkState | 'gone' | null,
  fault?: string,
): Page {
  if (link === 'gone') return pages.result(language, texts[language].gone);
  if (link?.proved) return pages.result(language, texts[language].before);
  if (link && !link.live) return overPage(pages, language, token, 'invalid');
  const { ask } = texts[language];
  const asksForPassword = asksForRegistrant(settings);
  return {
    heading: ask.heading,
    script: form,
    inLanguage: linkInLanguage(ACTION, token),
    isRefused: fault !== undefined,
    content: html`<div class="stack">
${link && html`<p>${describeRegistration(registrationOf(link), settings.mail.brandName, language)}</p>\n`}<p>${ask.text} ${ask.effect}</p>
</div>
${linkForm(
  ACTION,
  token,
  language,
  html`${
    asksForPassword &&
    passwordField(language, {
      id: 'password',
      label: ask.password,
      autocomplete: 'current-password',
      hint: ask.passwordHint,
      error: fault,
      hasFocus: fault !== undefined,
    })
  }
${actions(
  button({ label: ask.mine, id: 'mine', name: 'answer', value: 'mine' }),
  button({ label: ask.notMine, id: 'not_mine', kind: 'danger', name: 'answer', value: 'not_mine', unchecked: true }),
)}`,
)}`,
  };
}

/** A link that is over; a new one is sent to where the old one was. */
export const overPage = (pages: Pages, language: Language, token: string, state: 'expired' | 'invalid'): Page =>
  result(
    texts[language][state],
    html`${linkForm(
      ACTION,
      token,
      language,
      actions(button({ label: texts[language].renew, id: 'renew', name: 'answer', value: 'renew' })),
    )}
${pages.leadOn(language, 'secondary')}`,
    sign('clock', 'plain'),
  );

const registrationOf = ({ registered_at, registered_ip, registered_user_agent }: LinkState) => ({
  at: new Date(registered_at),
  ipAddress: registered_ip,
  userAgent: registered_user_agent,
});
