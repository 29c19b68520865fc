import type { Language } from '../../../domain/language.ts';
import type { Said } from '../../../http/page.ts';

interface Texts {
  readonly ask: {
    readonly heading: string;
    /** Before the facts, where the link is a genuine one. */
    readonly text: string;
    readonly mine: string;
    readonly notMine: string;
    readonly effect: string;
    readonly password: string;
    readonly passwordHint: string;
    readonly wrongPassword: string;
  };
  readonly renew: string;
  readonly done: Said;
  readonly before: Said;
  readonly expired: Said;
  readonly invalid: Said;
  readonly renewed: Said;
  readonly deleted: Said;
  readonly gone: Said;
  readonly late: Said;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Confirm your address',
      text: 'Was it you?',
      mine: 'That was me',
      notMine: 'That was not me',
      effect:
        '“That was me” confirms the address. “That was not me” deletes the account at once, and whoever made it is signed out.',
      password: 'Password',
      passwordHint: 'The one that you chose when you registered. If you did not, it was not you.',
      wrongPassword: 'That is not the password of the account. If you did not choose one, it was not you.',
    },
    renew: 'Send a new link',
    done: { kind: 'done', heading: 'Your address is confirmed', text: 'Thank you. You can sign in with it now.' },
    before: { kind: 'done', heading: 'Your address is confirmed already', text: 'You can sign in with it.' },
    expired: { heading: 'The link has expired', text: 'You can have a new one sent to your address.' },
    invalid: {
      heading: 'The link does not work any more',
      text: 'It was used already, or there is a newer one in your mailbox, or it is not complete.',
    },
    renewed: {
      kind: 'mailed',
      heading: 'A new link is on its way',
      text: 'Look in your mailbox: the newest mail has the link that works.',
    },
    deleted: {
      kind: 'done',
      heading: 'The account is deleted',
      text: 'Whoever registered with your address is signed out, and nothing of the account is left. If you want one of your own, you can register.',
    },
    gone: { heading: 'There is no such account any more', text: 'It was deleted, and nothing of it is left.' },
    late: {
      heading: 'The account cannot be deleted from here any more',
      text: 'The address is confirmed by now, or the link is not the newest, or more than a day old. If somebody else has the account, use “Forgotten your password?” on the sign-in page: with a new password it is yours alone.',
    },
  },
  sv: {
    ask: {
      heading: 'Bekräfta din adress',
      text: 'Var det du?',
      mine: 'Det var jag',
      notMine: 'Det var inte jag',
      effect:
        '”Det var jag” bekräftar adressen. ”Det var inte jag” tar genast bort kontot och loggar ut den som skapade det.',
      password: 'Lösenord',
      passwordHint: 'Det som du valde när du registrerade dig. Har du inte valt något var det inte du.',
      wrongPassword: 'Det är inte kontots lösenord. Har du inte valt något var det inte du.',
    },
    renew: 'Skicka en ny länk',
    done: { kind: 'done', heading: 'Din adress är bekräftad', text: 'Tack. Nu kan du logga in med den.' },
    before: { kind: 'done', heading: 'Din adress är redan bekräftad', text: 'Du kan logga in med den.' },
    expired: { heading: 'Länken har gått ut', text: 'Du kan få en ny skickad till din adress.' },
    invalid: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, eller så finns en nyare i din brevlåda, eller så är den inte hel.',
    },
    renewed: {
      kind: 'mailed',
      heading: 'En ny länk är på väg',
      text: 'Titta i din brevlåda: länken i det senaste brevet är den som fungerar.',
    },
    deleted: {
      kind: 'done',
      heading: 'Kontot är borttaget',
      text: 'Den som registrerade sig med din adress är utloggad, och inget av kontot finns kvar. Vill du ha ett eget kan du registrera dig.',
    },
    gone: { heading: 'Kontot finns inte längre', text: 'Det är borttaget, och inget av det finns kvar.' },
    late: {
      heading: 'Kontot kan inte längre tas bort härifrån',
      text: 'Adressen är bekräftad vid det här laget, eller så är länken inte den senaste eller mer än ett dygn gammal. Om någon annan har kontot, använd ”Glömt lösenordet?” på inloggningssidan: med ett nytt lösenord är det bara ditt.',
    },
  },
};
