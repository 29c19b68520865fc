/** The page behind a verification link: what is known of the registration, and the question whose it was. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { describeRegistration } from '../../../domain/registration.ts';
import type { Settings } from '../../../domain/settings.ts';
import { asksForRegistrant } from '../../../flows/confirm-registrant.ts';
import { linkForm, type Page, type Pages } from '../../../http/page.ts';
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
    isRefused: fault !== undefined,
    content: html`${link && html`<p>${describeRegistration(registrationOf(link), settings.mail.brandName, language)}</p>`}
<p>${ask.text} ${ask.effect}</p>
${linkForm(
  ACTION,
  token,
  language,
  html`${asksForPassword && passwordField(language, fault)}
<p class="actions">
<button type="submit" name="answer" value="mine">${ask.mine}</button>
<button type="submit" name="answer" value="not_mine" class="danger" formnovalidate>${ask.notMine}</button>
</p>`,
)}`,
  };
}

/** A link that is over; a new one is sent to where the old one was. */
export const overPage = (pages: Pages, language: Language, token: string, state: 'expired' | 'invalid'): Page =>
  pages.result(
    language,
    texts[language][state],
    html`${linkForm(
      ACTION,
      token,
      language,
      html`<p class="actions"><button type="submit" name="answer" value="renew">${texts[language].renew}</button></p>`,
    )}
${pages.leadOn(language, 'secondary')}`,
  );

function passwordField(language: Language, fault: string | undefined) {
  const isWrong = fault !== undefined;
  const { password, passwordHint } = texts[language].ask;
  return html`<label for="password">${password}</label>
<p class="hint" id="hint">${passwordHint}</p>
<input type="password" id="password" name="password" autocomplete="current-password" required aria-describedby="hint${isWrong && html` fault`}"${isWrong && html` aria-invalid="true" autofocus`}>
${isWrong && html`<p class="fault" role="alert" id="fault">${fault}</p>`}`;
}

const registrationOf = ({ registered_at, registered_ip, registered_user_agent }: LinkState) => ({
  at: new Date(registered_at),
  ipAddress: registered_ip,
  userAgent: registered_user_agent,
});
