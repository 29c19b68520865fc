import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly account: string;
  readonly password: string;
  readonly submit: string;
  readonly forgotten: string;
  readonly wrong: string;
  readonly stale: string;
  readonly unavailable: string;
  readonly limited: (wait: string) => string;
  readonly over: { readonly heading: string; readonly text: string };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Set up your second step again',
    lead: 'An administrator has removed what you used beside your password. Give your password: then you can set up a new passkey or authenticator app.',
    account: 'Account',
    password: 'Password',
    submit: 'Go on',
    forgotten:
      'If you have forgotten your password too, tell an administrator. A password that you reset by mail ends this link: whoever reads your mail would need nothing else.',
    wrong: 'The password is wrong. Try again.',
    stale: 'The page was open for a long time. Enter your password once more.',
    unavailable: 'Something is wrong at our end. Wait a minute, enter your password once more and try again.',
    limited: (wait) => `Too many tries. You can try again in ${wait}.`,
    over: {
      heading: 'The link does not work any more',
      text: 'It was used already, it is too old, your password was changed after it was sent, or it is not complete. Ask an administrator for another one.',
    },
  },
  sv: {
    heading: 'Skaffa ett nytt andra steg',
    lead: 'En administratör har tagit bort det som du använde vid sidan av lösenordet. Skriv ditt lösenord: sedan kan du skaffa en ny passnyckel eller autentiseringsapp.',
    account: 'Konto',
    password: 'Lösenord',
    submit: 'Fortsätt',
    forgotten:
      'Har du glömt lösenordet också, säg det till en administratör. Ett lösenord som du återställer med ett brev avslutar den här länken: den som läser dina brev skulle inte behöva något mer.',
    wrong: 'Lösenordet stämmer inte. Försök igen.',
    stale: 'Sidan har varit öppen länge. Skriv ditt lösenord en gång till.',
    unavailable: 'Något är fel hos oss. Vänta en minut, skriv ditt lösenord en gång till och försök igen.',
    limited: (wait) => `För många försök. Du kan försöka igen om ${wait}.`,
    over: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, är för gammal, ditt lösenord har ändrats sedan den skickades, eller så är den inte hel. Be en administratör om en ny.',
    },
  },
};
