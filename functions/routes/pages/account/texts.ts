import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly back: string;
  readonly more: string;
  readonly faults: {
    readonly limited: (wait: string) => string;
    readonly stale: string;
    readonly refused: string;
    readonly unavailable: string;
  };
}

/** Of every page of the account. */
export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Your account',
    back: 'Back',
    more: 'Show more',
    faults: {
      limited: (wait) => `Too many tries. You can try again in ${wait}.`,
      stale: 'The page was open for a long time. Nothing was changed. Try once more.',
      refused: 'That did not work, and nothing was changed. Try once more.',
      unavailable: 'Something is wrong at our end. Wait a minute and try again.',
    },
  },
  sv: {
    heading: 'Ditt konto',
    back: 'Tillbaka',
    more: 'Visa fler',
    faults: {
      limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
      stale: 'Sidan har varit öppen länge. Ingenting ändrades. Försök en gång till.',
      refused: 'Det fungerade inte, och ingenting ändrades. Försök en gång till.',
      unavailable: 'Något är fel hos oss. Vänta en minut och försök igen.',
    },
  },
};
