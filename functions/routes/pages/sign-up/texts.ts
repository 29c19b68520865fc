import type { Language } from '../../../domain/language.ts';

/** What may be wrong with an address, beside that somebody may have it, which nobody is told (S7). */
export type EmailFault = 'malformed' | 'unsendable' | 'taken';

interface Texts {
  readonly heading: string;
  readonly goOnTo: (client: string) => string;
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly organization: string;
  readonly organizationHint: string;
  readonly submit: string;
  readonly hasAccount: string;
  readonly signIn: string;
  readonly emailFaults: Readonly<Record<EmailFault, string>>;
  readonly missing: string;
  readonly notShown: string;
  readonly limited: (wait: string) => string;
  readonly stale: string;
  readonly mailed: {
    readonly heading: string;
    readonly sentTo: string;
    readonly works: (time: string) => string;
    readonly code: string;
    readonly codeHint: string;
    readonly codeWrong: string;
    readonly confirm: string;
    readonly nothing: string;
    readonly again: string;
    readonly sentAgain: string;
    readonly other: string;
    /** They opened it elsewhere, so this page does not know. */
    readonly opened: string;
  };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Create an account',
    goOnTo: (client) => `to go on to ${client}`,
    email: 'Email address',
    password: 'Password',
    firstName: 'First name',
    lastName: 'Last name',
    organization: 'Organisation (optional)',
    organizationHint: 'If you start one here. If you were invited to one, leave this empty.',
    submit: 'Create account',
    hasAccount: 'Have an account already?',
    signIn: 'Sign in',
    emailFaults: {
      malformed: 'That is not a whole email address. It looks like name@example.com.',
      unsendable: 'We cannot send mail to that address: before the @ it may have letters from a to z only.',
      taken: 'That address has an account. Sign in with it, or choose a new password.',
    },
    missing: 'Fill this in.',
    notShown: 'Use letters and digits that can be seen.',
    limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    stale: 'The page was open for a long time. Choose your password once more.',
    mailed: {
      heading: 'Check your mail',
      sentTo: 'We sent a link to',
      works: (time) => `It works for ${time}. The account is yours when you have opened it.`,
      code: 'Code from the mail',
      codeHint: 'Six digits, if you would rather type than open the link.',
      codeWrong: 'That is not the code of the newest mail. Look once more.',
      confirm: 'Confirm the address',
      nothing: 'Nothing there? Look among the spam, and check that the address is right.',
      again: 'Send another mail',
      sentAgain: 'Another mail is on its way. Only its link works.',
      other: 'Use another address',
      opened: 'Have you opened the link?',
    },
  },
  sv: {
    heading: 'Skapa ett konto',
    goOnTo: (client) => `för att gå vidare till ${client}`,
    email: 'E-postadress',
    password: 'Lösenord',
    firstName: 'Förnamn',
    lastName: 'Efternamn',
    organization: 'Organisation (frivilligt)',
    organizationHint: 'Om du startar en här. Har du blivit inbjuden till en lämnar du fältet tomt.',
    submit: 'Skapa konto',
    hasAccount: 'Har du redan ett konto?',
    signIn: 'Logga in',
    emailFaults: {
      malformed: 'Det är inte en hel e-postadress. Den ser ut som namn@example.com.',
      unsendable: 'Vi kan inte skicka till den adressen: före @ får den bara ha bokstäver från a till z.',
      taken: 'Adressen har redan ett konto. Logga in med den, eller välj ett nytt lösenord.',
    },
    missing: 'Fyll i det här.',
    notShown: 'Använd bokstäver och siffror som syns.',
    limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    stale: 'Sidan har varit öppen länge. Välj ditt lösenord en gång till.',
    mailed: {
      heading: 'Titta i din e-post',
      sentTo: 'Vi har skickat en länk till',
      works: (time) => `Den fungerar i ${time}. Kontot är ditt när du har öppnat den.`,
      code: 'Koden i brevet',
      codeHint: 'Sex siffror, om du hellre skriver än öppnar länken.',
      codeWrong: 'Det är inte koden i det senaste brevet. Titta en gång till.',
      confirm: 'Bekräfta adressen',
      nothing: 'Har inget kommit? Titta i skräpposten, och se efter att adressen stämmer.',
      again: 'Skicka ett nytt brev',
      sentAgain: 'Ett nytt brev är på väg. Bara länken i det fungerar.',
      other: 'Använd en annan adress',
      opened: 'Har du öppnat länken?',
    },
  },
};
