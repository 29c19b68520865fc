/** Texts that stand on several pages, or around them. A page's own are beside it. */
import type { Language } from '../domain/language.ts';

export interface SharedTexts {
  /** The language's own name for itself. */
  readonly name: string;
  readonly languages: string;
  /** Before the title of a page that refuses something. */
  readonly error: string;
  readonly goToSignIn: string;
  readonly about: string;
  readonly terms: string;
  readonly privacy: string;
  readonly support: string;
  readonly showPassword: string;
  readonly cancel: string;
  readonly or: string;
  /** Above several errors, each of which is also at its field. */
  readonly several: string;
}

export const sharedTexts: Readonly<Record<Language, SharedTexts>> = {
  en: {
    name: 'English',
    languages: 'Language',
    error: 'Error',
    goToSignIn: 'Go to sign-in',
    about: 'About the service',
    terms: 'Terms',
    privacy: 'Privacy',
    support: 'Help',
    showPassword: 'Show the password',
    cancel: 'Cancel',
    or: 'or',
    several: 'A few things need your attention',
  },
  sv: {
    name: 'Svenska',
    languages: 'Språk',
    error: 'Fel',
    goToSignIn: 'Till inloggningen',
    about: 'Om tjänsten',
    terms: 'Villkor',
    privacy: 'Integritet',
    support: 'Hjälp',
    showPassword: 'Visa lösenordet',
    cancel: 'Avbryt',
    or: 'eller',
    several: 'Några saker behöver rättas',
  },
};
