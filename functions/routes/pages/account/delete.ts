/** /account/delete: says what goes, and goes. */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { Problem } from '../../../domain/problem.ts';
import type { Settings } from '../../../domain/settings.ts';
import { deleteAccount } from '../../../flows/delete-account.ts';
import { removeSessionCookie } from '../../../http/browser-cookies.ts';
import type { Pages } from '../../../http/page.ts';
import { checkbox } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import type { Area } from './area.ts';

type Needs = Parameters<typeof deleteAccount>[0] & {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'issuer'>;
};

export const deletion: Area<Needs> = {
  isSensitive: true,
  show(_needs, { language, account, at, form }, fault) {
    const said = texts[language];
    const isLastOwner = fault?.code === 'CONFLICT';
    const isUnticked = fault?.code === 'VALIDATION_ERROR';
    return {
      heading: said.heading,
      script,
      isRefused: isLastOwner || isUnticked,
      content: html`${isLastOwner && html`${notice('bad', html`${said.lastOwner}`, 'fault')}\n`}<p class="lead long">${said.lead(account.email)}</p>
<ul class="scopes">${said.effects(account.sessions, account.organizations).map((effect) => html`<li>${effect}</li>\n`)}</ul>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'delete' } },
  html`${checkbox({ id: 'understood', label: said.understood, isRequired: true, error: isUnticked ? said.unticked : undefined })}
${actions(
  button({ label: said.yes, id: 'submit', kind: 'danger' }),
  linkButton(at(''), said.no, 'cancel', 'secondary'),
)}`,
)}
<p><a href="${at('export')}" id="export">${said.first}</a></p>`,
    };
  },
  acts: {
    async delete(needs, { caller, language, request }, { understood }) {
      if (understood === '') throw new Problem('VALIDATION_ERROR');
      await deleteAccount(needs, caller, undefined, request.context);
      const { gone } = texts[language];
      const answer = needs.pages.answer(language, needs.pages.result(language, { ...gone, kind: 'done' }));
      return { ...answer, cookies: [removeSessionCookie(needs.settings)] };
    },
  },
};

interface Texts {
  readonly heading: string;
  readonly lead: (address: string) => string;
  readonly effects: (sessions: number, organizations: number) => readonly string[];
  readonly understood: string;
  readonly unticked: string;
  readonly yes: string;
  readonly no: string;
  readonly first: string;
  readonly lastOwner: string;
  readonly gone: { readonly heading: string; readonly text: string };
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Delete your account?',
    lead: (address) => `The account of ${address} goes for good. Nobody can bring it back.`,
    effects: (sessions, organizations) => [
      sessions === 1 ? 'Your session ends.' : `Your ${sessions} sessions end, on every device.`,
      ...(organizations === 0
        ? []
        : [
            organizations === 1
              ? 'You leave your organisation. If you are alone in it, it goes too.'
              : `You leave your ${organizations} organisations. Those that you are alone in go too.`,
          ]),
      'Applications that you used with it no longer know you, and may delete what is yours there.',
    ],
    understood: 'I understand that this cannot be undone.',
    unticked: 'Tick the box if you want to delete the account.',
    yes: 'Delete the account',
    no: 'Keep it',
    first: 'Download your data first',
    lastOwner: 'An organisation with other members would be left without an owner. Make somebody else an owner first.',
    gone: { heading: 'Your account is deleted', text: 'All that was personal is gone.' },
  },
  sv: {
    heading: 'Ta bort ditt konto?',
    lead: (address) => `Kontot för ${address} tas bort för gott. Ingen kan ta tillbaka det.`,
    effects: (sessions, organizations) => [
      sessions === 1 ? 'Din inloggning avslutas.' : `Dina ${sessions} inloggningar avslutas, på alla enheter.`,
      ...(organizations === 0
        ? []
        : [
            organizations === 1
              ? 'Du lämnar din organisation. Är du ensam i den tas den också bort.'
              : `Du lämnar dina ${organizations} organisationer. De som du är ensam i tas också bort.`,
          ]),
      'Applikationer som du använde med kontot känner dig inte längre, och kan ta bort det som är ditt där.',
    ],
    understood: 'Jag förstår att det inte kan ångras.',
    unticked: 'Kryssa i rutan om du vill ta bort kontot.',
    yes: 'Ta bort kontot',
    no: 'Behåll det',
    first: 'Ladda ner dina uppgifter först',
    lastOwner: 'En organisation med andra medlemmar skulle bli utan ägare. Gör först någon annan till ägare.',
    gone: { heading: 'Ditt konto är borttaget', text: 'Allt som var personligt är borta.' },
  },
};
