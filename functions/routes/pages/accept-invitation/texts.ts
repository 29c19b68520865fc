import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly heading: string;
  readonly text: string;
  readonly label: string;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'You are invited',
    text: 'Sign in to your application with the address that the invitation was sent to, or register with it. Enter this code there to accept.',
    label: 'Invitation code',
  },
  sv: {
    heading: 'Du är inbjuden',
    text: 'Logga in i din applikation med adressen som inbjudan skickades till, eller registrera dig med den. Ange koden där för att tacka ja.',
    label: 'Inbjudningskod',
  },
};
