import type { Language } from '../../../domain/language.ts';

interface Said {
  readonly heading: string;
  readonly text: string;
}

interface Texts {
  readonly ask: {
    readonly heading: (organization: string) => string;
    readonly inviter: string;
    readonly invited: string;
    readonly accept: string;
    readonly later: string;
    readonly other: string;
    readonly change: string;
    readonly signIn: string;
    readonly signUp: string;
  };
  readonly joined: { readonly heading: (organization: string) => string; readonly text: string };
  readonly over: Readonly<Record<'expired' | 'invalid' | 'full', Said>>;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: (organization) => `Join ${organization}?`,
      inviter: 'Invited by',
      invited: 'The invitation is for',
      accept: 'Join',
      later: 'Not now',
      other: 'The invitation is for another address than the one that you are signed in with:',
      change: 'Use another account',
      signIn: 'Sign in',
      signUp: 'Create an account',
    },
    joined: {
      heading: (organization) => `You belong to ${organization} now`,
      text: 'You can go on in your application. If it was open already, open it anew.',
    },
    over: {
      expired: {
        heading: 'The invitation has expired',
        text: 'Ask whoever invited you to send it once more.',
      },
      invalid: {
        heading: 'The invitation does not work any more',
        text: 'It was used already, or taken back, or there is a newer one in your mailbox, or the link is not complete.',
      },
      full: {
        heading: 'You belong to too many organisations',
        text: 'Leave one of them, and open the invitation again.',
      },
    },
  },
  sv: {
    ask: {
      heading: (organization) => `Gå med i ${organization}?`,
      inviter: 'Inbjuden av',
      invited: 'Inbjudan gäller',
      accept: 'Gå med',
      later: 'Inte nu',
      other: 'Inbjudan gäller en annan adress än den du är inloggad med:',
      change: 'Använd ett annat konto',
      signIn: 'Logga in',
      signUp: 'Skapa ett konto',
    },
    joined: {
      heading: (organization) => `Nu är du med i ${organization}`,
      text: 'Du kan fortsätta i din applikation. Hade du den redan öppen, öppna den på nytt.',
    },
    over: {
      expired: {
        heading: 'Inbjudan har gått ut',
        text: 'Be den som bjöd in dig att skicka den en gång till.',
      },
      invalid: {
        heading: 'Inbjudan fungerar inte längre',
        text: 'Den har redan använts eller tagits tillbaka, eller så finns en nyare i din brevlåda, eller så är länken inte hel.',
      },
      full: {
        heading: 'Du är med i för många organisationer',
        text: 'Lämna någon av dem och öppna inbjudan igen.',
      },
    },
  },
};
