import type { Language } from '../../../domain/language.ts';
import type { Said } from '../../../http/page.ts';

interface Texts {
  readonly ask: {
    readonly heading: string;
    readonly account: string;
    readonly label: string;
    readonly button: string;
  };
  readonly renew: string;
  readonly done: Said;
  readonly used: Said;
  readonly expired: Said;
  readonly invalid: Said;
  readonly renewed: Said;
  readonly gone: Said;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Choose a new password',
      account: 'Account',
      label: 'New password',
      button: 'Save password',
    },
    renew: 'Send a new link',
    done: {
      kind: 'done',
      heading: 'Your password is changed',
      text: 'You have been signed out everywhere. Sign in with the new password.',
    },
    used: {
      heading: 'Your password was changed with this link already',
      text: 'Sign in with the new password. If you have forgotten it, you can have a new link sent to your address.',
    },
    expired: { heading: 'The link has expired', text: 'You can have a new one sent to your address.' },
    invalid: {
      heading: 'The link does not work any more',
      text: 'It was used already, or there is a newer one in your mailbox, or it is not complete. Use “Forgotten your password?” on the sign-in page to be sent a new one.',
    },
    renewed: {
      kind: 'mailed',
      heading: 'A new link is on its way',
      text: 'Look in your mailbox: the newest mail has the link that works.',
    },
    gone: { heading: 'There is no such account any more', text: 'It was deleted, and nothing of it is left.' },
  },
  sv: {
    ask: {
      heading: 'Välj ett nytt lösenord',
      account: 'Konto',
      label: 'Nytt lösenord',
      button: 'Spara lösenordet',
    },
    renew: 'Skicka en ny länk',
    done: {
      kind: 'done',
      heading: 'Ditt lösenord är ändrat',
      text: 'Du har loggats ut överallt. Logga in med det nya lösenordet.',
    },
    used: {
      heading: 'Lösenordet har redan ändrats med den här länken',
      text: 'Logga in med det nya lösenordet. Har du glömt det kan du få en ny länk skickad till din adress.',
    },
    expired: { heading: 'Länken har gått ut', text: 'Du kan få en ny skickad till din adress.' },
    invalid: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, eller så finns en nyare i din brevlåda, eller så är den inte hel. Använd ”Glömt lösenordet?” på inloggningssidan för att få en ny.',
    },
    renewed: {
      kind: 'mailed',
      heading: 'En ny länk är på väg',
      text: 'Titta i din brevlåda: länken i det senaste brevet är den som fungerar.',
    },
    gone: { heading: 'Kontot finns inte längre', text: 'Det är borttaget, och inget av det finns kvar.' },
  },
};
