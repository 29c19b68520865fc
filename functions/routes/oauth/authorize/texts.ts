import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly text: string;
  readonly button: string;
}

/** Of a page that sends its form by itself. */
export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'One moment',
    text: 'You are being taken on. Press the button if nothing happens.',
    button: 'Continue',
  },
  sv: {
    heading: 'Ett ögonblick',
    text: 'Du skickas vidare. Tryck på knappen om ingenting händer.',
    button: 'Fortsätt',
  },
};
