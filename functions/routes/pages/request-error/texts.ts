import type { Language } from '../../../domain/language.ts';

/** What is wrong with a request that nobody may be sent back with. */
export type RequestFault = 'client' | 'redirect_uri' | 'repeated';

interface Said {
  readonly heading: string;
  readonly text: string;
}

interface Texts {
  readonly faults: Readonly<Record<RequestFault, string>>;
  readonly heading: string;
  readonly next: string;
  readonly forOperators: string;
  readonly application: string;
  readonly reason: string;
  readonly reference: string;
  readonly expired: Said & { readonly button: string };
  readonly cookies: Said & { readonly button: string };
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'The application’s link does not work',
    faults: {
      client: 'The application that sent you here is not known to this service.',
      redirect_uri: 'The application that sent you here wants its answer at an address that is not registered for it.',
      repeated: 'The application that sent you here sent a request that can be read in two ways.',
    },
    next: 'You have done nothing wrong. Close this page, and open the application anew. If it happens again, tell those who run the application, with what stands below.',
    forOperators: 'For those who run the application',
    application: 'Application',
    reason: 'Reason',
    reference: 'Reference',
    expired: {
      heading: 'This took too long',
      text: 'The application’s request was made more than half an hour ago, or the page is one that you went back to. Open the application anew: nothing is lost.',
      button: 'Go to sign-in',
    },
    cookies: {
      heading: 'Your browser keeps no cookies',
      text: 'We need one to know that it is still you on the next page. Allow cookies for this site in the browser’s settings, or leave the private window, and try again.',
      button: 'Try again',
    },
  },
  sv: {
    heading: 'Applikationens länk fungerar inte',
    faults: {
      client: 'Applikationen som skickade dig hit är inte känd av den här tjänsten.',
      redirect_uri: 'Applikationen som skickade dig hit vill ha svaret till en adress som inte är registrerad för den.',
      repeated: 'Applikationen som skickade dig hit skickade en begäran som kan läsas på två sätt.',
    },
    next: 'Du har inte gjort något fel. Stäng sidan och öppna applikationen på nytt. Händer det igen, säg till dem som driver applikationen och ge dem uppgifterna här nedanför.',
    forOperators: 'För dem som driver applikationen',
    application: 'Applikation',
    reason: 'Orsak',
    reference: 'Referens',
    expired: {
      heading: 'Det här tog för lång tid',
      text: 'Applikationens begäran är mer än en halvtimme gammal, eller så har du gått tillbaka till en gammal sida. Öppna applikationen på nytt: inget har gått förlorat.',
      button: 'Till inloggningen',
    },
    cookies: {
      heading: 'Din webbläsare sparar inga kakor',
      text: 'Vi behöver en för att veta att det fortfarande är du på nästa sida. Tillåt kakor för den här webbplatsen i webbläsarens inställningar, eller lämna det privata fönstret, och försök igen.',
      button: 'Försök igen',
    },
  },
};
