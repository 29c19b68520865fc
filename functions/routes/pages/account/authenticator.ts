/** /account/authenticator: an app that makes codes, set up by a picture or by typing, and removed. */
import script from 'browser:form';
import { Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { confirmNewTotp, dropTotp, setUpTotp, type TotpToSetUp } from '../../../flows/totp.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import type { Area, Question, Section, Visit } from './area.ts';

type Needs = Parameters<typeof setUpTotp>[0] & Parameters<typeof confirmNewTotp>[0];

export const authenticator: Area<Needs> = {
  isForEnrolling: true,
  isSensitive: true,
  show(_needs, visit, fault) {
    const { language, account, at, form } = visit;
    const said = texts[language];
    if (fault?.code === 'VALIDATION_ERROR') return codeSection(visit, html``, said.wrong);
    return {
      heading: said.heading,
      content: html`<p class="lead">${account.has_app ? said.has : said.none}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'begin' } },
  actions(
    button({ label: account.has_app ? said.replace : said.begin, id: 'submit' }),
    account.has_app && linkButton(at('authenticator', { ask: 'remove' }), said.remove, 'remove', 'secondary'),
  ),
)}`,
    };
  },
  asks: (language) => ({ remove: { ...texts[language].ask, isSensitive: true } }),
  acts: {
    async begin(needs, visit) {
      return { once: setUpSection(visit, await setUpTotp(needs, visit.caller, visit.request.context)) };
    },
    async confirm(needs, { caller, request }, { code }) {
      const codesLeft = await confirmNewTotp(needs, caller, code.trim(), request.context);
      // Without them a lost telephone is a lost account.
      return codesLeft === 0 ? { done: 'app', at: 'recovery-codes' } : { done: 'added' };
    },
    async remove(needs, { caller, request }) {
      await dropTotp(needs, caller, request.context);
      return { done: 'removed' };
    },
  },
  done: (language) => texts[language].done,
};

export function setUpSection(visit: Visit, { qr, secret }: Pick<TotpToSetUp, 'qr' | 'secret'>): Section {
  const said = texts[visit.language];
  const steps = html`<ol class="steps">
<li>${said.scan}<div class="qr" role="img" aria-label="${said.picture}">${new Html(qr)}</div></li>
<li>${said.type} <code class="address" id="secret">${secret.match(/.{1,4}/g)?.join(' ')}</code></li>
<li>${said.enter}</li>
</ol>\n`;
  return codeSection(visit, steps, undefined);
}

function codeSection({ language, form, at }: Visit, above: Html, error: string | undefined): Section {
  const said = texts[language];
  return {
    heading: said.setUp,
    script,
    isRefused: error !== undefined,
    content: html`${above}${postForm(
      { ...form, hidden: { ...form.hidden, action: 'confirm' } },
      html`${field({ id: 'code', label: said.code, autocomplete: 'one-time-code', inputMode: 'numeric', maxLength: 50, error, hasFocus: error !== undefined })}
${actions(button({ label: said.confirm, id: 'submit' }), linkButton(at('authenticator'), said.cancel, 'cancel', 'secondary'))}`,
    )}`,
  };
}

interface Texts {
  readonly heading: string;
  readonly none: string;
  readonly has: string;
  readonly begin: string;
  readonly replace: string;
  readonly remove: string;
  readonly setUp: string;
  readonly scan: string;
  readonly picture: string;
  readonly type: string;
  readonly enter: string;
  readonly code: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly wrong: string;
  readonly ask: Question;
  readonly done: Readonly<Record<'added' | 'removed', string>>;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Authenticator app',
    none: 'An app on your telephone makes a new code every 30 seconds. With one, your password alone no longer signs anybody in: you are asked for the code too.',
    has: 'It is set up: you are asked for its code when you sign in. Setting up another one replaces it.',
    begin: 'Set up',
    replace: 'Set up another',
    remove: 'Remove',
    setUp: 'Set up an authenticator app',
    scan: 'Open the app and scan this picture.',
    picture: 'QR code for the authenticator app; the key below says the same',
    type: 'Or type this key into it:',
    enter: 'Enter the six digits that the app shows then.',
    code: 'Code from the app',
    confirm: 'Confirm',
    cancel: 'Cancel',
    wrong:
      'The code is not what the app shows now. Wait for the next one. If it goes on, set the clock of your telephone, or cancel and begin again.',
    ask: {
      heading: 'Remove the authenticator app?',
      text: 'You are no longer asked for its code, so your password alone signs you in. Where an organisation asks for a second factor, you cannot get in without one.',
      yes: 'Remove',
    },
    done: {
      added: 'The authenticator app is set up. From now on you are asked for its code.',
      removed: 'The authenticator app is removed.',
    },
  },
  sv: {
    heading: 'Autentiseringsapp',
    none: 'En app i din telefon gör en ny kod var 30:e sekund. Då räcker inte lösenordet för att logga in: du får frågan om koden också.',
    has: 'Den är inställd: du får frågan om dess kod när du loggar in. Ställer du in en ny ersätter den den gamla.',
    begin: 'Ställ in',
    replace: 'Ställ in en ny',
    remove: 'Ta bort',
    setUp: 'Ställ in en autentiseringsapp',
    scan: 'Öppna appen och skanna bilden.',
    picture: 'QR-kod för autentiseringsappen; nyckeln nedanför säger detsamma',
    type: 'Eller skriv in den här nyckeln:',
    enter: 'Skriv de sex siffror som appen visar sedan.',
    code: 'Kod från appen',
    confirm: 'Bekräfta',
    cancel: 'Avbryt',
    wrong:
      'Koden är inte den som appen visar nu. Vänta på nästa. Händer det igen, ställ telefonens klocka, eller avbryt och börja om.',
    ask: {
      heading: 'Ta bort autentiseringsappen?',
      text: 'Du får inte längre frågan om dess kod, så lösenordet räcker för att logga in. Där en organisation kräver ett andra steg kommer du inte in utan ett.',
      yes: 'Ta bort',
    },
    done: {
      added: 'Autentiseringsappen är inställd. Från och med nu får du frågan om dess kod.',
      removed: 'Autentiseringsappen är borttagen.',
    },
  },
};
