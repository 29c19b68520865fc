/** /account/passkey-offer: a passkey for whoever has just signed in on their own device, and has none yet. */
import script from 'browser:passkey';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { actions, linkButton } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { onwards } from '../carried.ts';
import type { Area, Section, Visit } from './area.ts';
import { creationForm, keepNewPasskey, type PasskeyNeeds } from './passkeys.ts';

export const passkeyOffer: Area<PasskeyNeeds> = {
  isForEnrolling: true,
  // Nothing is asked of who came too late, or has one: they are on their way.
  instead: ({ account, query, sent }) =>
    sent === undefined && (account.passkeys > 0 || account.stale_acr !== null) ? redirectTo(onwards(query)) : null,
  async show(needs, visit, fault) {
    const { account, language, query, sent } = visit;
    const said = texts[language];
    const isRefused = fault !== undefined && fault.code !== 'CHALLENGE_INVALID';
    const { request, invitation, to } = query;
    const canAdd = account.stale_acr === null && account.passkeys === 0;
    return {
      heading: said.heading,
      script,
      above: html``,
      isRefused,
      content: html`${isRefused && html`${notice('bad', html`${said.refused}`, 'fault')}\n`}<p class="lead">${said.lead}</p>
<p class="soft">${said.own}</p>
${canAdd && (await creationForm(needs, visit, said.add, { request, invitation, to }))}
${actions(linkButton(onwards(query), sent === undefined ? said.later : said.goOn, 'later', 'secondary'))}`,
    };
  },
  acts: {
    async create(needs, visit, { credential }) {
      await keepNewPasskey(needs, visit, credential);
      return { once: madeSection(visit) };
    },
  },
};

/** A link leads on, no redirect: a form of this page may not end up at a client (`form-action`). */
export const madeSection = ({ language, query }: Pick<Visit, 'language' | 'query'>): Section => ({
  heading: texts[language].made,
  above: html``,
  content: html`<p class="lead" role="status">${texts[language].next}</p>
${actions(linkButton(onwards(query), texts[language].goOn, 'go_on'))}`,
});

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly own: string;
  readonly add: string;
  readonly later: string;
  readonly refused: string;
  readonly made: string;
  readonly next: string;
  readonly goOn: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Sign in without a password next time?',
    lead: 'Make a passkey on this device. Then your fingerprint, your face or the PIN of the device signs you in, and nobody can guess it.',
    own: 'Do it on your own device alone: whoever can unlock it can sign in.',
    add: 'Make a passkey',
    later: 'Not now',
    refused: 'No passkey was made. You can try once more, or go on and add one in your account later.',
    made: 'Your passkey is made',
    next: 'The next time you can sign in with it. You find it in your account, under “Passkeys”.',
    goOn: 'Continue',
  },
  sv: {
    heading: 'Logga in utan lösenord nästa gång?',
    lead: 'Skapa en passnyckel på den här enheten. Då loggar du in med ditt fingeravtryck, ditt ansikte eller enhetens pinkod, och ingen kan gissa den.',
    own: 'Gör det bara på din egen enhet: den som kan låsa upp enheten kan logga in.',
    add: 'Skapa en passnyckel',
    later: 'Inte nu',
    refused: 'Ingen passnyckel skapades. Försök en gång till, eller fortsätt och lägg till en i ditt konto senare.',
    made: 'Din passnyckel är skapad',
    next: 'Nästa gång kan du logga in med den. Du hittar den i ditt konto, under ”Passnycklar”.',
    goOn: 'Fortsätt',
  },
};
