import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly add: string;
  readonly full: string;
  /** An administrator took the account's factors. */
  readonly taken: string;
  readonly unnamed: string;
  readonly synced: string;
  readonly notSynced: string;
  readonly added: (time: string) => string;
  readonly used: (time: string) => string;
  readonly unused: string;
  readonly rename: string;
  readonly remove: string;
  readonly renameHeading: string;
  readonly name: string;
  readonly nameHint: string;
  readonly save: string;
  readonly cancel: string;
  readonly removal: {
    readonly heading: (name: string) => string;
    readonly effect: string;
    /** There is no other second factor. */
    readonly last: string;
    readonly yes: string;
  };
  readonly faults: {
    readonly lastWayIn: string;
    readonly taken: string;
    readonly unfit: string;
    readonly name: string;
  };
  readonly done: Readonly<Record<'added' | 'renamed' | 'removed', string>>;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Passkeys',
    lead: 'A passkey signs you in with your fingerprint, your face or the PIN of your device. Nobody can guess it, and it works on our own pages alone.',
    add: 'Add a passkey',
    full: 'You have as many passkeys as an account can have. Remove one before you add another.',
    taken:
      'An administrator has removed your passkeys and codes. Open the link that we mailed you; then you can add new ones.',
    unnamed: 'Passkey',
    synced: 'On several of your devices',
    notSynced: 'On one device',
    added: (time) => `Added ${time}`,
    used: (time) => `Last used ${time}`,
    unused: 'Not used yet',
    rename: 'Rename',
    remove: 'Remove',
    renameHeading: 'Rename the passkey',
    name: 'Name',
    nameHint: 'Such as the device that it is on.',
    save: 'Save',
    cancel: 'Cancel',
    removal: {
      heading: (name) => `Remove “${name}”?`,
      effect:
        'It no longer signs you in, on any device. Your sessions go on. The device may still show it: remove it there too.',
      last: 'It is your last second step, so your password alone signs you in then. Where an organisation asks for a second step, you cannot get in without one.',
      yes: 'Remove the passkey',
    },
    faults: {
      lastWayIn: 'It is the last way into your account. Set a password or add another passkey first.',
      taken: 'The passkey was not added: it is there already, or you have as many as an account can have.',
      unfit:
        'The passkey was not added: the device did not ask for your fingerprint, your face or its PIN. Set one of them up on the device, or use another one.',
      name: 'Enter a name of up to 100 characters.',
    },
    done: {
      added: 'The passkey is added. You can sign in with it from now on.',
      renamed: 'The passkey has its new name.',
      removed: 'The passkey is removed.',
    },
  },
  sv: {
    heading: 'Passnycklar',
    lead: 'En passnyckel loggar in dig med ditt fingeravtryck, ditt ansikte eller enhetens pinkod. Ingen kan gissa den, och den fungerar bara på våra egna sidor.',
    add: 'Lägg till en passnyckel',
    full: 'Du har så många passnycklar som ett konto kan ha. Ta bort en innan du lägger till en ny.',
    taken:
      'En administratör har tagit bort dina passnycklar och koder. Öppna länken som vi har skickat till dig; sedan kan du lägga till nya.',
    unnamed: 'Passnyckel',
    synced: 'På flera av dina enheter',
    notSynced: 'På en enhet',
    added: (time) => `Tillagd ${time}`,
    used: (time) => `Senast använd ${time}`,
    unused: 'Inte använd än',
    rename: 'Byt namn',
    remove: 'Ta bort',
    renameHeading: 'Byt namn på passnyckeln',
    name: 'Namn',
    nameHint: 'Till exempel enheten som den finns på.',
    save: 'Spara',
    cancel: 'Avbryt',
    removal: {
      heading: (name) => `Ta bort ”${name}”?`,
      effect:
        'Den loggar inte in dig längre, på någon enhet. Dina inloggningar fortsätter. Enheten kan fortfarande visa den: ta bort den där också.',
      last: 'Den är ditt sista andra steg, så sedan räcker ditt lösenord för att logga in. Där en organisation kräver ett andra steg kommer du inte in utan ett.',
      yes: 'Ta bort passnyckeln',
    },
    faults: {
      lastWayIn: 'Den är sista vägen in i ditt konto. Välj ett lösenord eller lägg till en annan passnyckel först.',
      taken: 'Passnyckeln lades inte till: den finns redan, eller så har du så många som ett konto kan ha.',
      unfit:
        'Passnyckeln lades inte till: enheten frågade inte efter ditt fingeravtryck, ditt ansikte eller sin pinkod. Ställ in något av dem på enheten eller använd en annan.',
      name: 'Skriv ett namn på högst 100 tecken.',
    },
    done: {
      added: 'Passnyckeln är tillagd. Från och med nu kan du logga in med den.',
      renamed: 'Passnyckeln har sitt nya namn.',
      removed: 'Passnyckeln är borttagen.',
    },
  },
};
