import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly text: string;
  readonly email: string;
  readonly malformed: string;
  readonly submit: string;
  readonly back: string;
  readonly limited: (wait: string) => string;
  readonly stale: string;
  readonly sent: {
    readonly heading: string;
    /** Nobody is told whether there is an account (S7). */
    readonly before: string;
    readonly after: (time: string) => string;
    readonly nothing: string;
    readonly again: string;
    readonly back: string;
  };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Forgotten your password?',
    text: 'Enter the address of your account. We send you a link, and you choose a new password.',
    email: 'Email address',
    malformed: 'That is not a whole email address. It looks like name@example.com.',
    submit: 'Send the link',
    back: 'Back to sign-in',
    limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    stale: 'The page was open for a long time. Send it once more.',
    sent: {
      heading: 'Check your mail',
      before: 'If there is an account with this address, we have sent a link to it:',
      after: (time) => `The link works for ${time}.`,
      nothing:
        'Nothing there after a few minutes? Look among the spam, or try the address that you may have registered with instead.',
      again: 'Try another address',
      back: 'Back to sign-in',
    },
  },
  sv: {
    heading: 'Glömt lösenordet?',
    text: 'Skriv adressen till ditt konto. Vi skickar en länk där du väljer ett nytt lösenord.',
    email: 'E-postadress',
    malformed: 'Det är inte en hel e-postadress. Den ser ut som namn@example.com.',
    submit: 'Skicka länken',
    back: 'Tillbaka till inloggningen',
    limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    stale: 'Sidan har varit öppen länge. Skicka en gång till.',
    sent: {
      heading: 'Titta i din e-post',
      before: 'Om det finns ett konto med den här adressen har vi skickat en länk dit:',
      after: (time) => `Länken fungerar i ${time}.`,
      nothing:
        'Har inget kommit efter några minuter? Titta i skräpposten, eller pröva en annan adress som du kan ha registrerat dig med.',
      again: 'Pröva en annan adress',
      back: 'Tillbaka till inloggningen',
    },
  },
};
