import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly ask: {
    readonly heading: string;
    readonly text: string;
    readonly asked: (client: string) => string;
    readonly signedInAs: string;
    readonly yes: string;
    readonly no: string;
  };
  readonly done: {
    readonly heading: string;
    readonly text: string;
    readonly again: string;
    readonly back: (client: string) => string;
  };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Do you want to sign out?',
      text: 'You are signed out of every application that you opened with this account in this browser.',
      asked: (client) => `${client} asks for it.`,
      signedInAs: 'Signed in as',
      yes: 'Sign out',
      no: 'Stay signed in',
    },
    done: {
      heading: 'You are signed out',
      text: 'Nobody can use your account in this browser until you sign in again. On a computer that others use too, close the browser.',
      again: 'Sign in again',
      back: (client) => `Back to ${client}`,
    },
  },
  sv: {
    ask: {
      heading: 'Vill du logga ut?',
      text: 'Du loggas ut ur alla applikationer som du har öppnat med kontot i den här webbläsaren.',
      asked: (client) => `${client} ber om det.`,
      signedInAs: 'Inloggad som',
      yes: 'Logga ut',
      no: 'Fortsätt vara inloggad',
    },
    done: {
      heading: 'Du är utloggad',
      text: 'Ingen kan använda ditt konto i den här webbläsaren förrän du loggar in igen. Stäng webbläsaren om du delar datorn med andra.',
      again: 'Logga in igen',
      back: (client) => `Tillbaka till ${client}`,
    },
  },
};
