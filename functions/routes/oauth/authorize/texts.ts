import type { Language } from '../../../domain/language.ts';

interface Said {
  readonly heading: string;
  readonly text: string;
}

interface Texts {
  readonly goOn: Said & { readonly button: string };
  readonly unknownClient: Said;
  readonly badRedirect: Said;
  readonly expired: Said;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    goOn: {
      heading: 'One moment',
      text: 'You are being taken on. Press the button if nothing happens.',
      button: 'Continue',
    },
    unknownClient: {
      heading: 'This application is not known here',
      text: 'Its link is not complete, or the application is no longer registered. Go back to it and begin again; if that does not help, tell those who run it.',
    },
    badRedirect: {
      heading: 'This application cannot be signed in to',
      text: 'It asks for an answer at an address that is not registered for it, so nothing was sent there. Go back to it and begin again; if that does not help, tell those who run it.',
    },
    expired: {
      heading: 'That took too long',
      text: 'What the application asked for is over, or its address is not complete. Go back to the application and begin again.',
    },
  },
  sv: {
    goOn: {
      heading: 'Ett ögonblick',
      text: 'Du skickas vidare. Tryck på knappen om ingenting händer.',
      button: 'Fortsätt',
    },
    unknownClient: {
      heading: 'Den här applikationen är inte känd här',
      text: 'Länken är inte hel, eller så är applikationen inte längre registrerad. Gå tillbaka till den och börja om. Hjälper det inte, säg till dem som driver den.',
    },
    badRedirect: {
      heading: 'Det går inte att logga in i den här applikationen',
      text: 'Den vill ha svar på en adress som inte är registrerad för den, så ingenting har skickats dit. Gå tillbaka till den och börja om. Hjälper det inte, säg till dem som driver den.',
    },
    expired: {
      heading: 'Det tog för lång tid',
      text: 'Det som applikationen bad om gäller inte längre, eller så är adressen inte hel. Gå tillbaka till applikationen och börja om.',
    },
  },
};
