/** /account/password: another one; every other session ends. */
import script from 'browser:form';
import { emailKey } from '../../../domain/email-address.ts';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Settings } from '../../../domain/settings.ts';
import { type ChangeAtBrowserNeeds, changePasswordAtBrowser } from '../../../flows/change-password-at-browser.ts';
import { renewSessionCookie, setDeviceCookie } from '../../../http/browser-cookies.ts';
import { field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { newPassword } from '../new-password.ts';
import type { Area } from './area.ts';

type Needs = ChangeAtBrowserNeeds & {
  readonly settings: Pick<Settings, 'issuer' | 'deviceDays' | 'passwordMinLength' | 'browserSessions'>;
};

export const passwordArea: Area<Needs> = {
  isSensitive: true,
  show({ settings: { passwordMinLength } }, { language, account, at, form }, fault) {
    const said = texts[language];
    const { hint, faults } = newPassword[language];
    const refused = fault?.fault;
    return {
      heading: said.heading,
      script,
      isRefused: refused !== undefined,
      content: html`<p class="lead">${said.lead}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'save' } },
  html`${field({ id: 'username', label: said.account, autocomplete: 'username', value: account.email, isReadonly: true })}
${passwordField(language, {
  id: 'new_password',
  label: said.label,
  autocomplete: 'new-password',
  hint: hint(passwordMinLength),
  error: refused && faults[refused](passwordMinLength),
  minLength: passwordMinLength,
  hasFocus: true,
})}
${actions(button({ label: said.save, id: 'submit' }), linkButton(at(''), said.cancel, 'cancel', 'secondary'))}`,
)}`,
    };
  },
  acts: {
    async save(needs, { account, caller, request, at }, { new_password }) {
      const { settings } = needs;
      const changed = await changePasswordAtBrowser(needs, caller, new_password, request.context);
      const device = {
        pseudonymize: await needs.pseudonyms(),
        emailKey: emailKey(account.email),
        deviceToken: changed.deviceToken,
        now: request.context.now,
      };
      return {
        ...redirectTo(at('password', { done: 'saved' })),
        cookies: [
          renewSessionCookie(changed.cookie, account, settings, request.context.now),
          ...(await setDeviceCookie(request, needs.deviceTokens, device, settings)),
        ],
      };
    },
  },
  done: (language) => ({ saved: texts[language].saved }),
};

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly account: string;
  readonly label: string;
  readonly save: string;
  readonly cancel: string;
  readonly saved: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Change your password',
    lead: 'Every other browser, device and application is signed out. You stay signed in here.',
    account: 'Account',
    label: 'New password',
    save: 'Save password',
    cancel: 'Cancel',
    saved: 'Your password is changed, and every other session has ended.',
  },
  sv: {
    heading: 'Byt lösenord',
    lead: 'Alla andra webbläsare, enheter och applikationer loggas ut. Du förblir inloggad här.',
    account: 'Konto',
    label: 'Nytt lösenord',
    save: 'Spara lösenordet',
    cancel: 'Avbryt',
    saved: 'Ditt lösenord är bytt, och alla andra inloggningar är avslutade.',
  },
};
