import type { Language } from '../../../domain/language.ts';

/** Scopes that this service has words for; others are shown as they are. */
export type KnownScope = 'openid' | 'profile' | 'email' | 'org' | 'offline_access' | 'account';

interface Texts {
  readonly heading: (client: string) => string;
  readonly signedInAs: string;
  readonly change: string;
  readonly may: string;
  readonly scopes: Readonly<Record<KnownScope, string>>;
  /** A scope of another service, by its name. */
  readonly other: string;
  readonly answerGoesTo: string;
  /** Where a device asks that has no browser. */
  readonly device: {
    readonly compare: string;
    readonly device: string;
    readonly askedAt: string;
    readonly askedFrom: string;
  };
  readonly policies: string;
  readonly terms: string;
  readonly privacy: string;
  readonly revoke: string;
  readonly allow: string;
  readonly deny: string;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: (client) => `Let ${client} use your account?`,
    signedInAs: 'Signed in as',
    change: 'Use another account',
    may: 'It may',
    scopes: {
      openid: 'know that it is you when you come back',
      profile: 'see your name and language',
      email: 'see your email address',
      org: 'see your organisation and your roles in it',
      offline_access: 'keep this access when you are not using it',
      account: 'see and change your account, and end your sessions',
    },
    other: 'use',
    answerGoesTo: 'Your answer goes to',
    device: {
      compare:
        'Go on only if you have just started this yourself, and your device shows this code. Did somebody send it to you? Then deny it: they would get into your account.',
      device: 'Device',
      askedAt: 'It asked',
      askedFrom: 'From the address',
    },
    policies: 'What it says about itself:',
    terms: 'terms',
    privacy: 'privacy policy',
    revoke: 'You can take this back at any time.',
    allow: 'Allow',
    deny: 'Deny',
  },
  sv: {
    heading: (client) => `Får ${client} använda ditt konto?`,
    signedInAs: 'Inloggad som',
    change: 'Använd ett annat konto',
    may: 'Den får',
    scopes: {
      openid: 'känna igen dig när du kommer tillbaka',
      profile: 'se ditt namn och språk',
      email: 'se din e-postadress',
      org: 'se din organisation och dina roller i den',
      offline_access: 'ha kvar åtkomsten när du inte använder den',
      account: 'se och ändra ditt konto och avsluta dina inloggningar',
    },
    other: 'använda',
    answerGoesTo: 'Ditt svar går till',
    device: {
      compare:
        'Fortsätt bara om du själv nyss har startat det här och din enhet visar den här koden. Har någon skickat den till dig? Neka då, annars kommer de in på ditt konto.',
      device: 'Enhet',
      askedAt: 'Den frågade',
      askedFrom: 'Från adressen',
    },
    policies: 'Vad den säger om sig själv:',
    terms: 'villkor',
    privacy: 'integritetspolicy',
    revoke: 'Du kan när som helst ta tillbaka det här.',
    allow: 'Tillåt',
    deny: 'Neka',
  },
};
