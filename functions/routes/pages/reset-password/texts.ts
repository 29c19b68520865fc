import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly ask: {
    readonly heading: string;
    readonly label: string;
    readonly hint: (minLength: number) => string;
    readonly button: string;
  };
  readonly rejected: string;
  readonly done: { readonly heading: string; readonly text: string };
  readonly expired: { readonly heading: string; readonly text: string };
  readonly invalid: { readonly heading: string; readonly text: string };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Choose a new password',
      label: 'New password',
      hint: (minLength) => `At least ${minLength} characters. Several words in a row are good, spaces are fine.`,
      button: 'Save password',
    },
    rejected: 'This password cannot be used: it is too short, too long, too common, or made of your address.',
    done: {
      heading: 'Your password is changed',
      text: 'You have been signed out everywhere. You can close this page and sign in with the new password.',
    },
    expired: {
      heading: 'The link has expired',
      text: 'Use “Forgotten password” on the sign-in page to be sent a new one.',
    },
    invalid: {
      heading: 'The link does not work any more',
      text: 'It was used already, or there is a newer one in your mailbox, or it is not complete. Use “Forgotten password” on the sign-in page to be sent a new one.',
    },
  },
  sv: {
    ask: {
      heading: 'Välj ett nytt lösenord',
      label: 'Nytt lösenord',
      hint: (minLength) => `Minst ${minLength} tecken. Flera ord i rad är bra, mellanslag går bra.`,
      button: 'Spara lösenordet',
    },
    rejected: 'Det lösenordet går inte att använda: det är för kort, för långt, för vanligt eller taget ur din adress.',
    done: {
      heading: 'Ditt lösenord är ändrat',
      text: 'Du har loggats ut överallt. Du kan stänga sidan och logga in med det nya lösenordet.',
    },
    expired: {
      heading: 'Länken har gått ut',
      text: 'Använd ”Glömt lösenord” på inloggningssidan för att få en ny.',
    },
    invalid: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, eller så finns en nyare i din brevlåda, eller så är den inte hel. Använd ”Glömt lösenord” på inloggningssidan för att få en ny.',
    },
  },
};
