/** That a second factor is asked of somebody who has none: by when, and where one is set up. */

import { demandedAcr } from '../../../domain/authentication-level.ts';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { moment } from '../../../domain/mail/content.ts';
import { notice } from '../../../http/parts/message.ts';
import type { Visit } from './area.ts';

export function demandNotice({ language, account, request }: Visit): Html {
  const { asked_by, asked_from, is_below, stale_acr } = account;
  // Whoever has one shows it where it is needed.
  if (is_below && stale_acr !== demandedAcr) {
    return html`${notice('careful', html`${texts[language].everywhere}`, 'demand')}\n`;
  }
  if (asked_by === null || asked_from === null) return html``;
  const { now, later } = texts[language];
  const from = new Date(asked_from);
  const text = from <= request.context.now ? now(asked_by) : later(asked_by, moment(language, from));
  return html`${notice('careful', html`${text}`, 'demand')}\n`;
}

interface Texts {
  readonly everywhere: string;
  readonly now: (organization: string) => string;
  readonly later: (organization: string, day: string) => string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    everywhere:
      'This service asks you for a second factor. Set up a passkey or an authenticator app first: what you came for opens then.',
    now: (organization) =>
      `${organization} asks you for a second factor. Set up a passkey or an authenticator app to go on there.`,
    later: (organization, day) =>
      `${organization} asks you for a second factor from ${day} on. Set up a passkey or an authenticator app before then.`,
  },
  sv: {
    everywhere:
      'Tjänsten kräver ett andra steg av dig. Skapa en passnyckel eller ställ in en autentiseringsapp först: sedan öppnas det som du kom för.',
    now: (organization) =>
      `${organization} kräver ett andra steg av dig. Skapa en passnyckel eller ställ in en autentiseringsapp för att fortsätta där.`,
    later: (organization, day) =>
      `${organization} kräver ett andra steg av dig från ${day}. Skapa en passnyckel eller ställ in en autentiseringsapp innan dess.`,
  },
};
