import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly goOnTo: (client: string) => string;
  readonly other: string;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Choose an account',
    goOnTo: (client) => `to go on to ${client}`,
    other: 'Use another account',
  },
  sv: {
    heading: 'Välj ett konto',
    goOnTo: (client) => `för att gå vidare till ${client}`,
    other: 'Använd ett annat konto',
  },
};
