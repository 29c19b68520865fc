/** Mails that other services ask for by the names that older ones use. */
import type { Language } from '../../language.ts';
import type { Texts } from '../content.ts';

type OfServices = Pick<Texts, 'service_verification' | 'service_password_reset' | 'service_welcome'>;

export const ofServices: Readonly<Record<Language, OfServices>> = {
  en: {
    service_verification: ({ brand, url }) => ({
      subject: `Confirm your address for ${brand}`,
      heading: 'Confirm your address',
      paragraphs: ['Please confirm that this address is yours.'],
      button: { label: 'Confirm address', url },
      notes: [`If you did not ask for this at ${brand}, you need do nothing.`],
    }),
    service_password_reset: ({ brand, url }) => ({
      subject: `Set a new password for ${brand}`,
      heading: 'Set a new password',
      paragraphs: ['Somebody, hopefully you, asked to set a new password for your account.'],
      button: { label: 'Choose a password', url },
      notes: ['If you did not ask for this, you need do nothing: your password stays as it is.'],
    }),
    service_welcome: ({ brand, url }) => ({
      subject: `Welcome to ${brand}`,
      heading: `Welcome to ${brand}`,
      paragraphs: ['You have an account now.'],
      button: url === undefined ? undefined : { label: 'Get started', url },
    }),
  },
  sv: {
    service_verification: ({ brand, url }) => ({
      subject: `Bekräfta din adress för ${brand}`,
      heading: 'Bekräfta din adress',
      paragraphs: ['Bekräfta att den här adressen är din.'],
      button: { label: 'Bekräfta adressen', url },
      notes: [`Om du inte har bett om detta hos ${brand} behöver du inte göra något.`],
    }),
    service_password_reset: ({ brand, url }) => ({
      subject: `Välj ett nytt lösenord för ${brand}`,
      heading: 'Välj ett nytt lösenord',
      paragraphs: ['Någon, förhoppningsvis du, bad om att få välja ett nytt lösenord för ditt konto.'],
      button: { label: 'Välj lösenord', url },
      notes: ['Om du inte bad om detta behöver du inte göra något: lösenordet förblir som det är.'],
    }),
    service_welcome: ({ brand, url }) => ({
      subject: `Välkommen till ${brand}`,
      heading: `Välkommen till ${brand}`,
      paragraphs: ['Nu har du ett konto.'],
      button: url === undefined ? undefined : { label: 'Kom igång', url },
    }),
  },
};
