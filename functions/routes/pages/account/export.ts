/** /account/export: everything that is held about the person, as a file. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { exportAccount } from '../../../flows/export-account.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import type { Area } from './area.ts';

type Needs = Parameters<typeof exportAccount>[0];
type Exported = Awaited<ReturnType<typeof exportAccount>>;

/** Pages of an export in one file: each is 1 MiB at most, and Lambda answers with 6 MB (AWS: "Lambda quotas"). */
const MOST_PAGES = 4;

export const exportArea: Area<Needs> = {
  isSensitive: true,
  show(_needs, { language, form, at, query }) {
    const said = texts[language];
    return {
      heading: said.heading,
      content: html`<p class="lead">${said.lead}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, id: query.cursor, action: 'download' } },
  actions(button({ label: said.download, id: 'submit' }), linkButton(at(''), said.back, 'cancel', 'secondary')),
)}`,
    };
  },
  acts: {
    async download(needs, { caller, request }, { id }) {
      const [first, ...pages] = await pagesOf(needs, caller, id === '' ? undefined : id, request.context);
      return {
        status: 200,
        headers: { 'content-disposition': 'attachment; filename="account.json"' },
        body: pages.reduce(together, first as Exported),
      };
    },
  },
};

async function pagesOf(
  needs: Needs,
  ...[caller, from, context]: [
    Parameters<typeof exportAccount>[1],
    string | undefined,
    Parameters<typeof exportAccount>[3],
  ]
) {
  const pages = [await exportAccount(needs, caller, from, context)];
  for (let next = pages[0]?.next_cursor; next && pages.length < MOST_PAGES; next = pages.at(-1)?.next_cursor) {
    pages.push(await exportAccount(needs, caller, next, context));
  }
  return pages;
}

/** Lists go on; the profile is on each. */
const together = (before: Exported, page: Exported): Exported =>
  Object.fromEntries(
    Object.entries(page).map(([name, value]) => {
      const had = before[name as keyof Exported];
      return [name, Array.isArray(value) && Array.isArray(had) ? [...had, ...value] : value];
    }),
  ) as Exported;

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly download: string;
  readonly back: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Download your data',
    lead: 'The file has your profile, your organisations, sessions, applications and invitations, the mails that we sent you, and what was done with your account. It is JSON, which text editors open. Keep it where nobody else reads it.',
    download: 'Download',
    back: 'Cancel',
  },
  sv: {
    heading: 'Ladda ner dina uppgifter',
    lead: 'Filen har din profil, dina organisationer, inloggningar, applikationer och inbjudningar, de mejl som vi har skickat till dig och det som har gjorts med ditt konto. Den är JSON, som textredigerare öppnar. Förvara den där ingen annan läser den.',
    download: 'Ladda ner',
    back: 'Avbryt',
  },
};
