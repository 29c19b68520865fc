/** /account/applications: what may use the account, and what of it; taken back. */
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import { html } from '../../../domain/html.ts';
import type { ConsentId } from '../../../domain/ids.ts';
import type { Language } from '../../../domain/language.ts';
import { moment } from '../../../domain/mail/content.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { rows } from '../../../http/parts/rows.ts';
import { readId } from '../../../http/query.ts';
import type { Database } from '../../../store/database.ts';
import { type ConsentRow, listConsents, withdrawConsent } from '../../../store/given-consents.ts';
import { type KnownScope, texts as ofConsent } from '../consent/texts.ts';
import { type Area, cursorOf, moreLink, type Question, rowLink, type Visit } from './area.ts';

export const applications: Area<{ readonly database: Database }> = {
  async show({ database }, visit) {
    const { caller, language, query, request } = visit;
    const said = texts[language];
    const page = pageOf({ cursor: cursorOf(query) });
    const listed = await listConsents(database, caller, page, request.context);
    if (!listed) throw new Problem('TOKEN_INVALID');
    const { page: shown, next_cursor } = cutPage(listed, page, ({ consent_id }) => consent_id);
    return {
      heading: said.heading,
      content:
        shown.length === 0
          ? html`<p class="lead">${said.none}</p>`
          : html`<p class="lead">${said.lead}</p>
${rows(
  said.heading,
  shown.map((consent) => rowOf(visit, consent)),
)}
${moreLink(visit, 'applications', next_cursor)}`,
    };
  },
  asks: (language) => ({ withdraw: texts[language].ask }),
  acts: {
    async withdraw({ database }, { caller, request }, { id }) {
      assertAllowed(await withdrawConsent(database, caller, readId<ConsentId>(id), request.context));
      return { done: 'withdrawn' };
    },
  },
  done: (language) => ({ withdrawn: texts[language].withdrawn }),
};

function rowOf(visit: Visit, { client_name, client_uri, scopes, given_at, consent_id }: ConsentRow) {
  const { language } = visit;
  const said = texts[language];
  const may = new Intl.ListFormat(language === 'sv' ? 'sv-SE' : 'en-GB').format(
    scopes.map((scope) => ofConsent[language].scopes[scope as KnownScope] ?? `${ofConsent[language].other} ${scope}`),
  );
  return {
    title: client_name,
    details: [
      client_uri === null ? undefined : URL.parse(client_uri)?.host,
      said.may(may),
      said.given(moment(language, new Date(given_at))),
    ],
    action: rowLink(visit, 'applications', 'withdraw', consent_id, said.withdraw),
  };
}

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly none: string;
  readonly may: (what: string) => string;
  readonly given: (time: string) => string;
  readonly withdraw: string;
  readonly ask: Question;
  readonly withdrawn: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Applications',
    lead: 'You let these applications use your account.',
    none: 'No application has asked you whether it may use your account.',
    may: (what) => `May ${what}`,
    given: (time) => `Since ${time}`,
    withdraw: 'Take back',
    ask: {
      heading: 'Take the access back?',
      text: 'The application is signed out of your account at once, and asks you again the next time. What it has saved stays with it.',
      yes: 'Take back',
    },
    withdrawn: 'The application may not use your account any more.',
  },
  sv: {
    heading: 'Applikationer',
    lead: 'Du låter de här applikationerna använda ditt konto.',
    none: 'Ingen applikation har frågat dig om den får använda ditt konto.',
    may: (what) => `Får ${what}`,
    given: (time) => `Sedan ${time}`,
    withdraw: 'Ta tillbaka',
    ask: {
      heading: 'Ta tillbaka åtkomsten?',
      text: 'Applikationen loggas genast ut från ditt konto och frågar dig igen nästa gång. Det som den har sparat har den kvar.',
      yes: 'Ta tillbaka',
    },
    withdrawn: 'Applikationen får inte använda ditt konto längre.',
  },
};
