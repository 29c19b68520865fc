/** /account: who is signed in, and each thing of the account as it stands. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Settings } from '../../../domain/settings.ts';
import { actions, linkButton } from '../../../http/parts/form.ts';
import { pageLinks } from '../../../http/parts/rows.ts';
import type { Area, Visit } from './area.ts';
import { demandNotice } from './demand-notice.ts';
import { texts as shared } from './texts.ts';

export const overview: Area<{ readonly settings: Pick<Settings, 'passkeys'> }> = {
  isForEnrolling: true,
  show({ settings }, visit) {
    const { language, account, at } = visit;
    const said = texts[language];
    const { links } = said;
    const link = (page: keyof Texts['links'], detail: string) => ({
      href: at(page),
      id: page,
      label: links[page],
      detail,
    });
    return {
      heading: shared[language].heading,
      content: html`${demandNotice(visit)}<p class="lead long">${account.email}</p>
${section(said.you, [
  link('profile', nameOf(account) ?? said.noName),
  link('email', account.email_verified ? said.verified : said.unverified),
])}
${section(said.signingIn, [
  link('password', said.password),
  ...(settings.passkeys.on === false ? [] : [link('passkeys', said.passkeys(account.passkeys))]),
  link('authenticator', account.has_app ? said.on : said.off),
  link('recovery-codes', said.codes(account.codes)),
  link('sessions', said.sessions(account.sessions)),
])}
${section(said.shared, [
  link('applications', said.applications(account.consents)),
  link('organizations', said.organizations(account.organizations)),
])}
${section(said.data, [link('export', said.exportDetail), link('delete', said.deleteDetail)])}
${actions(linkButton('/oauth/logout', said.signOut, 'sign_out', 'secondary'))}`,
    };
  },
};

const section = (heading: string, links: Parameters<typeof pageLinks>[1]) =>
  html`<section class="stack"><h2>${heading}</h2>${pageLinks(heading, links)}</section>`;

function nameOf({ display_name, first_name, last_name }: Visit['account']): string | undefined {
  if (display_name !== null) return display_name;
  return first_name === null ? undefined : `${first_name} ${last_name ?? ''}`.trim();
}

type LinkName =
  | 'profile'
  | 'email'
  | 'password'
  | 'passkeys'
  | 'authenticator'
  | 'recovery-codes'
  | 'sessions'
  | 'applications'
  | 'organizations'
  | 'export'
  | 'delete';

interface Texts {
  readonly verified: string;
  readonly unverified: string;
  readonly you: string;
  readonly noName: string;
  readonly signingIn: string;
  readonly password: string;
  readonly on: string;
  readonly off: string;
  readonly passkeys: (count: number) => string;
  readonly codes: (count: number) => string;
  readonly sessions: (count: number) => string;
  readonly shared: string;
  readonly applications: (count: number) => string;
  readonly organizations: (count: number) => string;
  readonly data: string;
  readonly exportDetail: string;
  readonly deleteDetail: string;
  readonly signOut: string;
  readonly links: Readonly<Record<LinkName, string>>;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    verified: 'Verified',
    unverified: 'Not verified yet: open the link that we mailed you, or have another one sent',
    you: 'You',
    noName: 'No name yet',
    signingIn: 'Signing in',
    password: 'Change it',
    on: 'Set up: you are asked for a code when you sign in',
    off: 'Not set up',
    passkeys: (count) => (count === 0 ? 'None' : count === 1 ? 'One' : `${count} of them`),
    codes: (count) => (count === 0 ? 'None' : count === 1 ? '1 left' : `${count} left`),
    sessions: (count) => (count === 1 ? 'This browser alone' : `${count} of them`),
    shared: 'Who knows you',
    applications: (count) => (count === 0 ? 'None' : String(count)),
    organizations: (count) => (count === 0 ? 'None' : String(count)),
    data: 'Your data',
    exportDetail: 'All that we hold about you, as a file',
    deleteDetail: 'For good',
    signOut: 'Sign out',
    links: {
      profile: 'Name and language',
      email: 'Email address',
      password: 'Password',
      passkeys: 'Passkeys',
      authenticator: 'Authenticator app',
      'recovery-codes': 'Recovery codes',
      sessions: 'Sessions and devices',
      applications: 'Applications',
      organizations: 'Organisations',
      export: 'Download your data',
      delete: 'Delete the account',
    },
  },
  sv: {
    verified: 'Bekräftad',
    unverified: 'Inte bekräftad än: öppna länken som vi har skickat till dig, eller be om en ny',
    you: 'Du',
    noName: 'Inget namn än',
    signingIn: 'Inloggning',
    password: 'Byt det',
    on: 'Inställd: du får frågan om en kod när du loggar in',
    off: 'Inte inställd',
    passkeys: (count) => (count === 0 ? 'Inga' : count === 1 ? 'En' : `${count} stycken`),
    codes: (count) => (count === 0 ? 'Inga' : count === 1 ? '1 kvar' : `${count} kvar`),
    sessions: (count) => (count === 1 ? 'Bara den här webbläsaren' : `${count} stycken`),
    shared: 'Vilka som känner dig',
    applications: (count) => (count === 0 ? 'Inga' : String(count)),
    organizations: (count) => (count === 0 ? 'Inga' : String(count)),
    data: 'Dina uppgifter',
    exportDetail: 'Allt som vi har om dig, som en fil',
    deleteDetail: 'För gott',
    signOut: 'Logga ut',
    links: {
      profile: 'Namn och språk',
      email: 'E-postadress',
      password: 'Lösenord',
      passkeys: 'Passnycklar',
      authenticator: 'Autentiseringsapp',
      'recovery-codes': 'Återställningskoder',
      sessions: 'Inloggningar och enheter',
      applications: 'Applikationer',
      organizations: 'Organisationer',
      export: 'Ladda ner dina uppgifter',
      delete: 'Ta bort kontot',
    },
  },
};
