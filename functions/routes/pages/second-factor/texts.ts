import type { SecondFactor } from '../../../domain/authentication-level.ts';
import type { Language } from '../../../domain/language.ts';

interface OfMethod {
  readonly heading: string;
  readonly lead: string;
  readonly label: string;
  readonly submit: string;
  /** Of the link to it, from the others. */
  readonly instead: string;
  readonly wrong: string;
}

interface Texts {
  readonly methods: Readonly<Record<SecondFactor, OfMethod>>;
  readonly account: string;
  /** Before a code was mailed, and to have another one mailed. */
  readonly mailLead: string;
  readonly mail: string;
  readonly mailAgain: string;
  /** Before the links to the other ways. */
  readonly others: string;
  /** To whoever has none of the ways any more. */
  readonly lost: string;
  readonly limited: (wait: string) => string;
  readonly stale: string;
  readonly unavailable: string;
  readonly over: { readonly heading: string; readonly text: string; readonly button: string };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    methods: {
      passkey: {
        heading: 'Use your passkey',
        lead: 'Your device asks for your fingerprint, your face or its PIN.',
        label: 'Passkey',
        submit: 'Use a passkey',
        instead: 'Use a passkey',
        wrong: 'The passkey was not accepted. Try again, or use another way.',
      },
      totp: {
        heading: 'Enter your code',
        lead: 'Your authenticator app shows six digits for this service.',
        label: 'Code from the app',
        submit: 'Confirm',
        instead: 'Use the authenticator app',
        wrong: 'The code is wrong, or was used before. Wait for the next one, and enter that.',
      },
      recovery: {
        heading: 'Enter a recovery code',
        lead: 'You saved ten of them when you set up your second factor. Each works once.',
        label: 'Recovery code',
        submit: 'Confirm',
        instead: 'Use a recovery code',
        wrong: 'The code is wrong, or was used before. Check it, or take another.',
      },
      email: {
        heading: 'Confirm by e-mail',
        lead: 'A code is on its way to your mailbox. It works for a few minutes, and only here.',
        label: 'Code from the mail',
        submit: 'Confirm',
        instead: 'Have a code mailed',
        wrong: 'The code is wrong, or no longer works. Check the newest mail, or have another one sent.',
      },
    },
    account: 'Account',
    mailLead: 'Your password is not enough here. We mail you a code, and you type it on this page.',
    mail: 'Mail me a code',
    mailAgain: 'Mail another code',
    others: 'Not at hand?',
    lost: 'Lost for good? Ask the people who run this service: they can let you set up a new second step.',
    limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    stale: 'The page was open for a long time. Try once more.',
    unavailable: 'Something is wrong at our end. Wait a minute and try again.',
    over: {
      heading: 'This took too long',
      text: 'For your safety a sign-in waits for ten minutes. Begin again with your password.',
      button: 'Sign in',
    },
  },
  sv: {
    methods: {
      passkey: {
        heading: 'Använd din passnyckel',
        lead: 'Enheten frågar efter ditt fingeravtryck, ditt ansikte eller sin pinkod.',
        label: 'Passnyckel',
        submit: 'Använd en passnyckel',
        instead: 'Använd en passnyckel',
        wrong: 'Passnyckeln godtogs inte. Försök igen eller välj ett annat sätt.',
      },
      totp: {
        heading: 'Skriv din kod',
        lead: 'Din autentiseringsapp visar sex siffror för den här tjänsten.',
        label: 'Kod från appen',
        submit: 'Bekräfta',
        instead: 'Använd autentiseringsappen',
        wrong: 'Koden stämmer inte, eller har redan använts. Vänta på nästa och skriv den.',
      },
      recovery: {
        heading: 'Skriv en återställningskod',
        lead: 'Du sparade tio sådana när du ställde in ditt andra steg. Var och en fungerar en gång.',
        label: 'Återställningskod',
        submit: 'Bekräfta',
        instead: 'Använd en återställningskod',
        wrong: 'Koden stämmer inte, eller har redan använts. Kontrollera den eller ta en annan.',
      },
      email: {
        heading: 'Bekräfta via e-post',
        lead: 'En kod är på väg till din brevlåda. Den fungerar i några minuter, och bara här.',
        label: 'Kod från mejlet',
        submit: 'Bekräfta',
        instead: 'Få en kod via e-post',
        wrong: 'Koden stämmer inte, eller fungerar inte längre. Se det senaste mejlet eller be om ett nytt.',
      },
    },
    account: 'Konto',
    mailLead: 'Ditt lösenord räcker inte här. Vi mejlar dig en kod, och du skriver den på den här sidan.',
    mail: 'Mejla mig en kod',
    mailAgain: 'Mejla en ny kod',
    others: 'Inte till hands?',
    lost: 'Borta för alltid? Fråga dem som driver tjänsten: de kan låta dig skaffa ett nytt andra steg.',
    limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    stale: 'Sidan har varit öppen länge. Försök en gång till.',
    unavailable: 'Något är fel hos oss. Vänta en minut och försök igen.',
    over: {
      heading: 'Det tog för lång tid',
      text: 'För din säkerhets skull väntar en inloggning i tio minuter. Börja om med ditt lösenord.',
      button: 'Logga in',
    },
  },
};
