/** /account/confirm: the password once more; who has a second factor is led to its page instead (S85). */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { Problem } from '../../../domain/problem.ts';
import type { Settings } from '../../../domain/settings.ts';
import { type ConfirmNeeds, confirmPassword, passwordRefusal } from '../../../flows/confirm-password.ts';
import { field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { redirectTo } from '../../../http/redirect.ts';
import type { DemandSettings } from '../../../store/demanded-levels.ts';
import { reauthenticate } from '../../../store/reauthentication.ts';
import { accountPageOf, pageAddress } from '../carried.ts';
import type { Area } from './area.ts';

export const confirmArea: Area<ConfirmNeeds & { readonly settings: DemandSettings & Pick<Settings, 'emailLogin'> }> = {
  isForEnrolling: true,
  instead({ account, query }, { settings }) {
    const to = accountPageOf(query.to);
    if (account.stale_acr === null) return redirectTo(to);
    const { lang } = query;
    if (account.stale_acr !== 'urn:identity:acr:1') {
      return redirectTo(pageAddress('/second-factor', { again: 'true', to, lang }));
    }
    // There is no password to ask for; a sign-in is as good.
    return settings.emailLogin === 'only' ? redirectTo(pageAddress('/sign-in-by-mail', { to, lang })) : null;
  },
  show(_needs, { language, account, at, form, query }, fault) {
    const said = texts[language];
    const isWrong = fault?.code === 'INVALID_CREDENTIALS';
    return {
      heading: said.heading,
      script,
      isRefused: isWrong,
      content: html`<p class="lead">${said.lead}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'confirm', to: query.to } },
  html`${field({ id: 'username', label: said.account, autocomplete: 'username', value: account.email, isReadonly: true })}
${passwordField(language, {
  id: 'password',
  label: said.password,
  autocomplete: 'current-password',
  hasFocus: true,
  error: isWrong ? said.wrong : undefined,
  beside: { href: '/forgot-password', text: said.forgotten, id: 'forgotten' },
})}
${actions(button({ label: said.submit, id: 'submit' }), linkButton(at(''), said.cancel, 'cancel', 'secondary'))}`,
)}`,
    };
  },
  acts: {
    async confirm(needs, { caller, request }, { password, to }) {
      // Hashing takes none that is empty.
      if (password === '') throw new Problem('INVALID_CREDENTIALS');
      const confirmed = await confirmPassword(needs, caller, password, request.context);
      const raised = await reauthenticate(needs.database, caller, confirmed, needs.settings, request.context);
      if (raised.user_id === null) throw passwordRefusal(raised.retry_after);
      return redirectTo(accountPageOf(to));
    },
  },
};

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly account: string;
  readonly password: string;
  readonly forgotten: string;
  readonly submit: string;
  readonly cancel: string;
  readonly wrong: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Confirm that it is you',
    lead: 'What comes next could lock you out or show what is yours. So we ask for your password once more.',
    account: 'Account',
    password: 'Password',
    forgotten: 'Forgotten your password?',
    submit: 'Confirm',
    cancel: 'Cancel',
    wrong: 'The password is wrong. Try again.',
  },
  sv: {
    heading: 'Bekräfta att det är du',
    lead: 'Det som följer kan stänga dig ute eller visa det som är ditt. Därför frågar vi efter ditt lösenord en gång till.',
    account: 'Konto',
    password: 'Lösenord',
    forgotten: 'Glömt lösenordet?',
    submit: 'Bekräfta',
    cancel: 'Avbryt',
    wrong: 'Lösenordet stämmer inte. Försök igen.',
  },
};
