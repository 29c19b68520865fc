import type { Language } from '../../../domain/language.ts';
import type { Said } from '../../../http/page.ts';

/** Before and after the change. */
interface UndoTexts {
  readonly heading: string;
  /** What the new address is called. */
  readonly address: string;
  readonly text: string;
  readonly yes: string;
}

export interface OutcomeTexts {
  readonly changed: Said;
  readonly before: Said;
  readonly cancelled: Said;
  readonly undone: Said;
  readonly ended: Said;
  readonly taken: Said;
  readonly over: Said;
  readonly late: Said;
  readonly gone: Said;
  readonly invalid: Said;
}

interface Texts {
  readonly confirm: {
    readonly heading: string;
    readonly account: string;
    readonly address: string;
    readonly text: string;
    readonly mine: string;
    readonly notMine: string;
  };
  readonly undo: { readonly old: string; readonly before: UndoTexts; readonly after: UndoTexts };
  readonly newPassword: string;
  readonly outcomes: OutcomeTexts;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    confirm: {
      heading: 'Is this your new address?',
      account: 'Account',
      address: 'New address',
      text: 'If you asked for this, the account has the new address from now on. Everything but the browser or device where you asked is signed out. If it is not your account, say no: nothing is changed.',
      mine: 'That was me',
      notMine: 'That was not me',
    },
    undo: {
      old: 'Your address',
      before: {
        heading: 'Stop the change of address?',
        address: 'Would become',
        text: 'The new address is not confirmed yet. When you stop the change, your account keeps its address. Whoever asked is signed in to your account: set a new password next, which signs everybody out.',
        yes: 'Stop the change',
      },
      after: {
        heading: 'Undo the change of address?',
        address: 'Was changed to',
        text: 'Your account gets its old address back, and everybody is signed out. Passkeys, authenticator apps and recovery codes that were added since the change was asked for are removed, and a password that was set since then no longer works.',
        yes: 'Undo the change',
      },
    },
    newPassword: 'Set a new password',
    outcomes: {
      changed: { kind: 'done', heading: 'Your address is changed', text: 'From now on you sign in with the new one.' },
      before: { kind: 'done', heading: 'Your address is changed already', text: 'You sign in with the new one.' },
      cancelled: {
        kind: 'done',
        heading: 'The change is stopped',
        text: 'The account keeps its address. If the account is yours, and you did not ask for the change, set a new password: that signs everybody out.',
      },
      undone: {
        kind: 'done',
        heading: 'You have your address back',
        text: 'Everybody is signed out. Set a new password now: whoever changed the address may know the old one.',
      },
      ended: { heading: 'This is done already', text: 'The account has the address that it had before.' },
      taken: {
        heading: 'The address has another account',
        text: 'Somebody has confirmed it for another account meanwhile, so this account cannot have it. Nothing was changed.',
      },
      over: {
        heading: 'The link does not work any more',
        text: 'It is too old, there is a newer one, or whoever asked was signed out or has another password. You can ask again in your account.',
      },
      late: {
        heading: 'There is nothing to undo any more',
        text: 'Either the change was never made, or it was made more than three days ago. If somebody else has your account, write to our support.',
      },
      gone: { heading: 'There is no such account any more', text: 'It was deleted, and nothing of it is left.' },
      invalid: {
        heading: 'The link is not complete',
        text: 'Open it from the mail once more, or copy all of it.',
      },
    },
  },
  sv: {
    confirm: {
      heading: 'Är det här din nya adress?',
      account: 'Konto',
      address: 'Ny adress',
      text: 'Bad du om det här har kontot den nya adressen från och med nu. Allt loggas ut utom webbläsaren eller enheten där du bad om det. Är det inte ditt konto, svara nej: då ändras ingenting.',
      mine: 'Det var jag',
      notMine: 'Det var inte jag',
    },
    undo: {
      old: 'Din adress',
      before: {
        heading: 'Stoppa adressbytet?',
        address: 'Skulle bli',
        text: 'Den nya adressen är inte bekräftad än. Stoppar du bytet behåller kontot sin adress. Den som bad om bytet är inloggad i ditt konto: välj sedan ett nytt lösenord, då loggas alla ut.',
        yes: 'Stoppa bytet',
      },
      after: {
        heading: 'Ångra adressbytet?',
        address: 'Byttes till',
        text: 'Kontot får tillbaka sin gamla adress, och alla loggas ut. Passnycklar, autentiseringsappar och återställningskoder som har lagts till sedan någon bad om bytet tas bort, och ett lösenord som har valts sedan dess slutar gälla.',
        yes: 'Ångra bytet',
      },
    },
    newPassword: 'Välj ett nytt lösenord',
    outcomes: {
      changed: { kind: 'done', heading: 'Din adress är bytt', text: 'Från och med nu loggar du in med den nya.' },
      before: { kind: 'done', heading: 'Din adress är redan bytt', text: 'Du loggar in med den nya.' },
      cancelled: {
        kind: 'done',
        heading: 'Bytet är stoppat',
        text: 'Kontot behåller sin adress. Är kontot ditt, och bad du inte om bytet, välj ett nytt lösenord: då loggas alla ut.',
      },
      undone: {
        kind: 'done',
        heading: 'Du har din adress tillbaka',
        text: 'Alla är utloggade. Välj ett nytt lösenord nu: den som bytte adressen kan känna till det gamla.',
      },
      ended: { heading: 'Det är redan gjort', text: 'Kontot har den adress som det hade förut.' },
      taken: {
        heading: 'Adressen har ett annat konto',
        text: 'Någon har under tiden bekräftat den för ett annat konto, så det här kontot kan inte få den. Ingenting ändrades.',
      },
      over: {
        heading: 'Länken fungerar inte längre',
        text: 'Den är för gammal, det finns en nyare, eller så har den som bad om bytet loggats ut eller bytt lösenord. Du kan be om en ny i ditt konto.',
      },
      late: {
        heading: 'Det finns inget att ångra längre',
        text: 'Antingen gjordes bytet aldrig, eller så gjordes det för mer än tre dygn sedan. Om någon annan har ditt konto, skriv till vår support.',
      },
      gone: { heading: 'Kontot finns inte längre', text: 'Det är borttaget, och inget av det finns kvar.' },
      invalid: { heading: 'Länken är inte hel', text: 'Öppna den från mejlet en gång till, eller kopiera hela.' },
    },
  },
};
