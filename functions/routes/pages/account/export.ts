/** /account/export: everything that is held about the person, as a file. */
import { exportCursor } from '../../../contracts/http/fields.ts';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { RequestContext } from '../../../domain/request-context.ts';
import type { Settings } from '../../../domain/settings.ts';
import { exportAccount } from '../../../flows/export-account.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import type { Caller } from '../../../store/sessions.ts';
import type { Area } from './area.ts';

type Needs = Parameters<typeof exportAccount>[0] & { readonly settings: Pick<Settings, 'issuer'> };
type Exported = Awaited<ReturnType<typeof exportAccount>>;

/**
 * Characters of a file after which no page of the export is added: each is 1 MiB at most, and Lambda answers with 6 MB, in
 * which each quote takes two bytes (AWS: "Lambda quotas").
 */
const FULL = 3 * 2 ** 20;

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
    async download(needs, { caller, request, at }, { id }) {
      const cursor = exportCursor.safeParse(id).data;
      const file = await fileOf(needs, caller, cursor, request.context);
      const { next_cursor: next } = file;
      return {
        status: 200,
        headers: { 'content-disposition': 'attachment; filename="account.json"' },
        body:
          next === null ? file : { ...file, next_page: `${needs.settings.issuer}${at('export', { cursor: next })}` },
      };
    },
  },
};

async function fileOf(needs: Needs, caller: Caller, from: string | undefined, context: RequestContext) {
  let file = await exportAccount(needs, caller, from, context);
  for (let size = sizeOf(file); file.next_cursor !== null && size < FULL; ) {
    const page = await exportAccount(needs, caller, file.next_cursor, context);
    size += sizeOf(page);
    file = together(file, page);
  }
  return file;
}

const sizeOf = (page: Exported): number => JSON.stringify(page).length;

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
    lead: 'The file has your profile, your organisations, sessions, ways to sign in, applications and invitations, the mails that we sent you, and what was done with your account. It is JSON, which text editors open. Keep it where nobody else reads it.',
    download: 'Download',
    back: 'Cancel',
  },
  sv: {
    heading: 'Ladda ner dina uppgifter',
    lead: 'Filen har din profil, dina organisationer, inloggningar, sätt att logga in, applikationer och inbjudningar, de mejl som vi har skickat till dig och det som har gjorts med ditt konto. Den är JSON, som textredigerare öppnar. Förvara den där ingen annan läser den.',
    download: 'Ladda ner',
    back: 'Avbryt',
  },
};
