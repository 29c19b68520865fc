import type { Language } from '../../../domain/language.ts';

/** `late`: denied by whoever had allowed it before. `cancelled`: before anybody had said yes or no. */
export type Outcome = 'allowed' | 'denied' | 'late' | 'cancelled';

interface Texts {
  readonly heading: string;
  readonly text: string;
  readonly label: string;
  readonly hint: string;
  readonly submit: string;
  readonly unknown: string;
  readonly stale: string;
  readonly limited: (wait: string) => string;
  readonly outcomes: Readonly<
    Record<Outcome, { readonly heading: string; readonly text: string; readonly again?: string }>
  >;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Sign in on a device',
    text: 'Type the code that your television, your command line or another device shows you.',
    label: 'Code',
    hint: 'Eight letters, such as BCDF-GHJK. The dash may be left out.',
    submit: 'Go on',
    unknown:
      'No device is waiting with this code. Check it. A code works once, and for ten minutes: your device can show a new one.',
    stale: 'This page has been open for a long time. Try once more.',
    limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    outcomes: {
      allowed: {
        heading: 'Go back to your device',
        text: 'It is signed in within a few seconds. You can close this page. You find the device in your account, among your sessions, and can end it there.',
      },
      denied: {
        heading: 'The device was not let in',
        text: 'It gets nothing of your account. If somebody sent you its code, tell them nothing more. You can close this page.',
      },
      late: {
        heading: 'The device is let in already',
        text: 'You allowed it before. It may be signed in by now: if that is not what you want, end its session.',
        again: 'Show your sessions',
      },
      cancelled: {
        heading: 'Nothing was allowed',
        text: 'The device gets nothing, and its code runs out by itself. If you did start this, type the code again.',
        again: 'Type the code again',
      },
    },
  },
  sv: {
    heading: 'Logga in på en enhet',
    text: 'Skriv koden som din tv, din kommandorad eller en annan enhet visar.',
    label: 'Kod',
    hint: 'Åtta bokstäver, till exempel BCDF-GHJK. Bindestrecket behövs inte.',
    submit: 'Fortsätt',
    unknown:
      'Ingen enhet väntar med den koden. Kontrollera den. En kod fungerar en gång och i tio minuter: din enhet kan visa en ny.',
    stale: 'Sidan har varit öppen länge. Försök en gång till.',
    limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    outcomes: {
      allowed: {
        heading: 'Gå tillbaka till din enhet',
        text: 'Den är inloggad om några sekunder. Du kan stänga sidan. Enheten finns i ditt konto, bland dina inloggningar, och kan avslutas där.',
      },
      denied: {
        heading: 'Enheten släpptes inte in',
        text: 'Den får ingenting av ditt konto. Har någon skickat koden till dig, svara inte mer. Du kan stänga sidan.',
      },
      late: {
        heading: 'Enheten är redan insläppt',
        text: 'Du tillät den tidigare. Den kan vara inloggad nu: vill du inte det, avsluta dess inloggning.',
        again: 'Visa dina inloggningar',
      },
      cancelled: {
        heading: 'Ingenting har tillåtits',
        text: 'Enheten får ingenting, och koden slutar gälla av sig själv. Var det du som startade det här, skriv koden igen.',
        again: 'Skriv koden igen',
      },
    },
  },
};
