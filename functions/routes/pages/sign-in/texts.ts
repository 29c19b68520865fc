import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  /** Below the heading, where an application's request led here. */
  readonly goOnTo: (client: string) => string;
  readonly email: string;
  readonly password: string;
  readonly forgotten: string;
  readonly keep: string;
  readonly submit: string;
  readonly passkey: string;
  /** The browser gave none: the person said no, or there is none. */
  readonly passkeyFault: string;
  readonly byMail: string;
  readonly mailCode: string;
  readonly isNew: string;
  readonly create: string;
  readonly confirm: {
    readonly heading: string;
    readonly text: string;
    readonly submit: string;
    readonly other: string;
  };
  readonly faults: {
    /** It does not say which of the two is wrong, nor whether there is such an account. */
    readonly wrong: string;
    readonly wrongPassword: string;
    readonly limited: (wait: string) => string;
    readonly stale: string;
    readonly unavailable: string;
    readonly passkey: {
      readonly wrong: string;
      /** Its account is gone, or it was removed from it. */
      readonly unknown: string;
      readonly stale: string;
      readonly unavailable: string;
    };
  };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Sign in',
    goOnTo: (client) => `to go on to ${client}`,
    email: 'Email address',
    password: 'Password',
    forgotten: 'Forgotten your password?',
    keep: 'This is my own device: keep me signed in',
    submit: 'Sign in',
    passkey: 'Sign in with a passkey',
    passkeyFault: 'No passkey was used. Try again, or sign in with your password.',
    byMail: 'Mail me a code instead',
    mailCode: 'Mail me a code',
    isNew: 'New here?',
    create: 'Create an account',
    confirm: {
      heading: 'Confirm that it is you',
      text: 'You signed in a while ago. Enter your password once more to go on.',
      submit: 'Confirm',
      other: 'Use another account',
    },
    faults: {
      wrong: 'The email address or the password is wrong. Check both, and try again.',
      wrongPassword: 'The password is wrong. Try again.',
      limited: (wait) => `Too many tries. You can try again in ${wait}.`,
      stale: 'The page was open for a long time. Enter your password once more.',
      unavailable: 'Something is wrong at our end. Wait a minute, enter your password once more and try again.',
      passkey: {
        wrong: 'The passkey was not accepted. Sign in with your password, or with another passkey.',
        unknown: 'That passkey opens no account here any more. Sign in with your password, or with another passkey.',
        stale: 'The page was open for a long time. Use your passkey once more.',
        unavailable: 'Something is wrong at our end. Wait a minute, and use your passkey once more.',
      },
    },
  },
  sv: {
    heading: 'Logga in',
    goOnTo: (client) => `för att gå vidare till ${client}`,
    email: 'E-postadress',
    password: 'Lösenord',
    forgotten: 'Glömt lösenordet?',
    keep: 'Det här är min egen enhet: håll mig inloggad',
    submit: 'Logga in',
    passkey: 'Logga in med passnyckel',
    passkeyFault: 'Ingen passnyckel användes. Försök igen eller logga in med ditt lösenord.',
    byMail: 'Mejla mig en kod i stället',
    mailCode: 'Mejla mig en kod',
    isNew: 'Ny här?',
    create: 'Skapa ett konto',
    confirm: {
      heading: 'Bekräfta att det är du',
      text: 'Det var ett tag sedan du loggade in. Skriv ditt lösenord en gång till för att gå vidare.',
      submit: 'Bekräfta',
      other: 'Använd ett annat konto',
    },
    faults: {
      wrong: 'E-postadressen eller lösenordet stämmer inte. Kontrollera båda och försök igen.',
      wrongPassword: 'Lösenordet stämmer inte. Försök igen.',
      limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
      stale: 'Sidan har varit öppen länge. Skriv ditt lösenord en gång till.',
      unavailable: 'Något är fel hos oss. Vänta en minut, skriv ditt lösenord en gång till och försök igen.',
      passkey: {
        wrong: 'Passnyckeln godtogs inte. Logga in med ditt lösenord eller med en annan passnyckel.',
        unknown: 'Den passnyckeln öppnar inte längre något konto här. Logga in med ditt lösenord eller med en annan.',
        stale: 'Sidan har varit öppen länge. Använd din passnyckel en gång till.',
        unavailable: 'Något är fel hos oss. Vänta en minut och använd din passnyckel en gång till.',
      },
    },
  },
};
