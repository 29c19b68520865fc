/** Who is signed in, where nothing else is waited for. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Page, ViewProps } from '../../../http/page-content.ts';
import { actions, linkButton } from '../../../http/parts/form.ts';
import { sign } from '../../../http/parts/message.ts';

export interface SignedInProps extends ViewProps {
  /** The address of who is signed in. */
  readonly account: string;
  /** The application that people come from. */
  readonly goOnTo?: string | undefined;
}

export function signedInPage({ language, inLanguage, account, goOnTo }: SignedInProps): Page {
  const said = texts[language];
  return {
    heading: said.heading,
    above: sign('check', 'good'),
    inLanguage,
    content: html`<dl class="facts long"><div><dt>${said.signedInAs}</dt><dd>${account}</dd></div></dl>
<p class="lead" role="status">${goOnTo === undefined ? said.closePage : said.goOn}</p>
${actions(
  goOnTo !== undefined && linkButton(goOnTo, said.application, 'application'),
  linkButton('/account', said.own, 'account', 'secondary'),
  linkButton('/sign-in?other=true', said.other, 'other', 'secondary'),
  linkButton('/oauth/logout', said.signOut, 'sign_out', 'secondary'),
)}`,
  };
}

interface Texts {
  readonly heading: string;
  readonly signedInAs: string;
  readonly closePage: string;
  readonly goOn: string;
  readonly application: string;
  readonly own: string;
  readonly other: string;
  readonly signOut: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'You are signed in',
    signedInAs: 'Signed in as',
    closePage: 'You can close this page and go on in your application.',
    goOn: 'Go on in your application.',
    application: 'Go to the application',
    own: 'Your account',
    other: 'Use another account',
    signOut: 'Sign out',
  },
  sv: {
    heading: 'Du är inloggad',
    signedInAs: 'Inloggad som',
    closePage: 'Du kan stänga sidan och fortsätta i din applikation.',
    goOn: 'Fortsätt i din applikation.',
    application: 'Till applikationen',
    own: 'Ditt konto',
    other: 'Använd ett annat konto',
    signOut: 'Logga ut',
  },
};
