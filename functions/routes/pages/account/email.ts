/** /account/email: another address. Nothing changes before its mailbox has said yes. */
import script from 'browser:form';
import { ChangeEmailRequest } from '../../../contracts/http/email-change.ts';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { moment } from '../../../domain/mail/content.ts';
import { Problem } from '../../../domain/problem.ts';
import { type ChangeEmailNeeds, changeEmail, ownAddress } from '../../../flows/change-email.ts';
import { requestLinkByMail } from '../../../flows/request-link.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { cancelEmailChange } from '../../../store/email-changes.ts';
import type { Area } from './area.ts';

export const emailArea: Area<ChangeEmailNeeds> = {
  isSensitive: true,
  async show({ database }, { caller, language, account, at, form, request, sent }, fault) {
    const said = texts[language];
    const { pending, undo_until: until } = await ownAddress(database, caller, request.context);
    const wrong = fault?.code === 'VALIDATION_ERROR' ? said.wrong : fault?.code === 'CONFLICT' ? said.own : undefined;
    const current = html`<dl class="facts long"><div><dt>${said.current}</dt><dd>${account.email}</dd></div></dl>`;
    const back = linkButton(at(''), said.back, 'cancel', 'secondary');
    if (until !== null) {
      const text = said.later(moment(language, new Date(until)));
      return { heading: said.heading, content: html`${current}<p class="lead">${text}</p>\n${actions(back)}` };
    }
    return {
      heading: said.heading,
      script,
      isRefused: wrong !== undefined,
      content: html`${current}
${
  !account.email_verified &&
  postForm(
    { ...form, hidden: { ...form.hidden, action: 'again' } },
    html`<p>${said.unverified}</p>${actions(button({ label: said.again, id: 'again', kind: 'secondary' }))}`,
    'form-again',
  )
}${
  pending &&
  html`${notice('plain', html`${said.pending(pending.email, moment(language, new Date(pending.expires_at)))}`, 'pending')}
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'stop' } },
  actions(button({ label: said.stop, id: 'stop', kind: 'secondary' })),
  'form-stop',
)}`
}<p class="lead">${said.lead}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'ask' } },
  html`${field({
    id: 'email',
    label: said.label,
    // Not `username`: browsers and password managers would fill in the address that there is.
    autocomplete: 'email',
    inputMode: 'email',
    value: sent?.email ?? '',
    error: wrong,
    hasFocus: pending === null,
  })}
${actions(button({ label: said.send, id: 'submit' }), back)}`,
)}`,
    };
  },
  acts: {
    async ask(needs, { caller, request }, { email }) {
      const asked = ChangeEmailRequest.safeParse({ email });
      if (!asked.success) throw new Problem('VALIDATION_ERROR');
      await changeEmail(needs, caller, asked.data.email, request.context);
      return { done: 'asked' };
    },
    async again(needs, { account, request }) {
      await requestLinkByMail(needs, 'verify_email', account.email, request.context);
      return { done: 'mailed' };
    },
    async stop({ database }, { caller, request }) {
      if (!(await cancelEmailChange(database, caller, request.context))) throw new Problem('TOKEN_INVALID');
      return { done: 'stopped' };
    },
  },
  done: (language) => texts[language].done,
};

interface Texts {
  readonly heading: string;
  readonly current: string;
  readonly unverified: string;
  readonly again: string;
  readonly lead: string;
  readonly label: string;
  readonly send: string;
  readonly back: string;
  readonly wrong: string;
  readonly own: string;
  readonly pending: (address: string, until: string) => string;
  readonly stop: string;
  readonly later: (until: string) => string;
  readonly done: Readonly<Record<'asked' | 'mailed' | 'stopped', string>>;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Change your address',
    current: 'Address now',
    unverified: 'It is not verified yet. Open the link in the mail that we sent there.',
    again: 'Send another mail',
    lead: 'We send a link to the new address, and tell the one that you have now. When you open the link, every other browser and device is signed out. Stay signed in here until then.',
    label: 'New email address',
    send: 'Send the link',
    back: 'Back',
    wrong: 'That is not an address that mail can be sent to. It looks like name@example.com.',
    own: 'That is your address already.',
    pending: (address, until) =>
      `We sent a link to ${address}. It works until ${until}. A new one takes the place of this one.`,
    stop: 'Stop this change',
    later: (until) =>
      `Your address was changed lately, and can be changed again after ${until}. Until then it can be undone with the link in the mail to the address that you had before.`,
    done: {
      asked: 'The link is on its way. Your address stays as it is until you open it.',
      mailed: 'Another mail is on its way. Only its link works.',
      stopped: 'The change is stopped. Your address stays as it is.',
    },
  },
  sv: {
    heading: 'Byt adress',
    current: 'Adress nu',
    unverified: 'Den är inte bekräftad än. Öppna länken i mejlet som vi skickade dit.',
    again: 'Skicka ett nytt mejl',
    lead: 'Vi skickar en länk till den nya adressen, och meddelar den som du har nu. När du öppnar länken loggas alla andra webbläsare och enheter ut. Förbli inloggad här tills dess.',
    label: 'Ny e-postadress',
    send: 'Skicka länken',
    back: 'Tillbaka',
    wrong: 'Till den adressen går det inte att skicka e-post. En adress ser ut som namn@example.com.',
    own: 'Den adressen har du redan.',
    pending: (address, until) =>
      `Vi har skickat en länk till ${address}. Den fungerar till och med ${until}. En ny tar den här länkens plats.`,
    stop: 'Stoppa bytet',
    later: (until) =>
      `Din adress byttes nyligen och kan bytas igen efter ${until}. Till dess kan bytet ångras med länken i mejlet till adressen som du hade förut.`,
    done: {
      asked: 'Länken är på väg. Din adress förblir som den är tills du öppnar den.',
      mailed: 'Ett nytt mejl är på väg. Bara dess länk fungerar.',
      stopped: 'Bytet är stoppat. Din adress förblir som den är.',
    },
  },
};
