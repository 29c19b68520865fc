import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly ask: {
    readonly heading: string;
    /** Below the heading, where an application's request led here. */
    readonly goOnTo: (client: string) => string;
    readonly text: string;
    readonly email: string;
    readonly malformed: string;
    readonly keep: string;
    readonly submit: string;
    readonly byPassword: string;
    readonly isNew: string;
    readonly create: string;
  };
  readonly code: {
    readonly heading: string;
    /** Around the address; it does not say whether that has an account. */
    readonly before: string;
    readonly after: string;
    readonly label: string;
    readonly submit: string;
    readonly wrong: string;
    readonly nothing: string;
    readonly again: string;
    readonly other: string;
  };
  readonly here: { readonly heading: string; readonly account: string; readonly submit: string };
  readonly elsewhere: {
    readonly heading: string;
    readonly never: string;
    readonly where: string;
    readonly notYou: string;
  };
  readonly over: { readonly heading: string; readonly text: string; readonly button: string };
  readonly faults: {
    readonly wrong: string;
    readonly over: string;
    readonly stale: string;
    readonly unavailable: string;
    readonly limited: (wait: string) => string;
  };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Sign in by mail',
      goOnTo: (client) => `to go on to ${client}`,
      text: 'We mail you a code to sign in with.',
      email: 'Email address',
      malformed: 'This is not an email address. Check it, and try again.',
      keep: 'This is my own device: keep me signed in',
      submit: 'Mail me a code',
      byPassword: 'Sign in in another way',
      isNew: 'New here?',
      create: 'Create an account',
    },
    code: {
      heading: 'Look in your mailbox',
      before: 'If there is an account with',
      after: 'a code is on its way there. Type it here, or open the link of the mail in this browser.',
      label: 'Code from the mail',
      submit: 'Sign in',
      wrong:
        'The code is wrong, or no longer works. After ten wrong codes in a day, only the link in the mail works, and only in this browser.',
      nothing: 'Code and link work for ten minutes. No mail? Look among the unwanted mail, or check the address.',
      again: 'Send another code',
      other: 'Use another address',
    },
    here: { heading: 'Sign in', account: 'Account', submit: 'Sign in' },
    elsewhere: {
      heading: 'Your code to sign in',
      never:
        'Never tell this code to anyone, whoever asks: on the telephone, in a message, in a chat. Whoever has it is signed in to your account.',
      where: 'This is not the browser that asked for it. If it was you, type the code there:',
      notYou: 'If it was not you, close this page. Without the code, nobody gets in.',
    },
    over: {
      heading: 'The link does not work any more',
      text: 'It was used already, it is older than ten minutes, or there is a newer one in your mailbox.',
      button: 'Ask for a new one',
    },
    faults: {
      wrong: 'The link does not work any more. Ask for a new one.',
      over: 'The code does not work any more: it was used, or ten minutes are over. Ask for a new one.',
      stale: 'The page was open for a long time. Try once more.',
      unavailable: 'Something is wrong at our end. Wait a minute, and try again.',
      limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    },
  },
  sv: {
    ask: {
      heading: 'Logga in med e-post',
      goOnTo: (client) => `för att gå vidare till ${client}`,
      text: 'Vi mejlar dig en kod som du loggar in med.',
      email: 'E-postadress',
      malformed: 'Det är ingen e-postadress. Kontrollera den och försök igen.',
      keep: 'Det här är min egen enhet: håll mig inloggad',
      submit: 'Mejla mig en kod',
      byPassword: 'Logga in på ett annat sätt',
      isNew: 'Ny här?',
      create: 'Skapa ett konto',
    },
    code: {
      heading: 'Titta i din brevlåda',
      before: 'Om det finns ett konto med',
      after: 'är en kod på väg dit. Skriv den här, eller öppna länken i brevet i den här webbläsaren.',
      label: 'Koden i brevet',
      submit: 'Logga in',
      wrong:
        'Koden stämmer inte, eller fungerar inte längre. Efter tio felaktiga koder på en dag fungerar bara länken i brevet, och bara i den här webbläsaren.',
      nothing:
        'Koden och länken fungerar i tio minuter. Inget brev? Titta bland skräpposten, eller kontrollera adressen.',
      again: 'Skicka en ny kod',
      other: 'Använd en annan adress',
    },
    here: { heading: 'Logga in', account: 'Konto', submit: 'Logga in' },
    elsewhere: {
      heading: 'Din kod för att logga in',
      never:
        'Berätta aldrig koden för någon, vem som än frågar: i telefon, i ett meddelande, i en chatt. Den som har koden loggas in på ditt konto.',
      where: 'Det var inte den här webbläsaren som bad om den. Var det du, skriv koden där:',
      notYou: 'Var det inte du, stäng sidan. Utan koden kommer ingen in.',
    },
    over: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, är äldre än tio minuter, eller så finns en nyare i din brevlåda.',
      button: 'Be om en ny',
    },
    faults: {
      wrong: 'Länken fungerar inte längre. Be om en ny.',
      over: 'Koden fungerar inte längre: den har använts, eller så har tio minuter gått. Be om en ny.',
      stale: 'Sidan har varit öppen länge. Försök en gång till.',
      unavailable: 'Något är fel hos oss. Vänta en minut och försök igen.',
      limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    },
  },
};
