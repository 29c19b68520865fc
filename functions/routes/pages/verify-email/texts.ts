import type { Language } from '../../../domain/language.ts';

interface Texts {
  readonly ask: { readonly heading: string; readonly text: string; readonly button: string };
  readonly done: { readonly heading: string; readonly text: string };
  readonly expired: { readonly heading: string; readonly text: string };
  readonly invalid: { readonly heading: string; readonly text: string };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      heading: 'Confirm your address',
      text: 'Press the button to confirm that this address is yours.',
      button: 'Confirm address',
    },
    done: { heading: 'Your address is confirmed', text: 'Thank you. You can close this page and sign in.' },
    expired: { heading: 'The link has expired', text: 'Sign in and ask for a new one; it comes by mail.' },
    invalid: {
      heading: 'The link does not work any more',
      text: 'It was used already, or there is a newer one in your mailbox, or it is not complete. If your address is not confirmed yet, ask for a new link.',
    },
  },
  sv: {
    ask: {
      heading: 'Bekräfta din adress',
      text: 'Tryck på knappen för att bekräfta att adressen är din.',
      button: 'Bekräfta adressen',
    },
    done: { heading: 'Din adress är bekräftad', text: 'Tack. Du kan stänga sidan och logga in.' },
    expired: { heading: 'Länken har gått ut', text: 'Logga in och be om en ny; den kommer med e-post.' },
    invalid: {
      heading: 'Länken fungerar inte längre',
      text: 'Den har redan använts, eller så finns en nyare i din brevlåda, eller så är den inte hel. Om din adress inte är bekräftad än, be om en ny länk.',
    },
  },
};
