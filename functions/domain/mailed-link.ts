/** One-time links as they are mailed: where they lead and how long they work. */
import type { Purpose } from './one-time-token.ts';
import type { Settings } from './settings.ts';

const pages: Readonly<Record<Purpose, string>> = {
  verify_email: 'verify-email',
  reset_password: 'reset-password',
  invitation: 'accept-invitation',
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type LinkLifetimes = Pick<Settings, 'verificationLinkHours' | 'resetLinkMinutes' | 'invitationDays'>;

/** When a link that is made now ends. */
export const linkEnd = (purpose: Purpose, now: Date, settings: LinkLifetimes) =>
  new Date(now.getTime() + lifetimeOf(purpose, settings));

function lifetimeOf(purpose: Purpose, settings: LinkLifetimes): number {
  switch (purpose) {
    case 'verify_email':
      return settings.verificationLinkHours * HOUR;
    case 'reset_password':
      return settings.resetLinkMinutes * MINUTE;
    case 'invitation':
      return settings.invitationDays * 24 * HOUR;
  }
}

type LinkTarget = Pick<Settings, 'linkBaseUrl' | 'issuer'>;

/** Of the pages behind links, without a slash at its end. */
export const linkBase = ({ linkBaseUrl, issuer }: LinkTarget): string => linkBaseUrl ?? issuer;

/**
 * The page that redeems the token, by settings alone: a Host header could send the token to somebody else (S29).
 * @param language of the mail, so that the page behind it speaks the same
 */
export function linkTo(purpose: Purpose, token: string, language: string, settings: LinkTarget): string {
  return `${linkBase(settings)}/${pages[purpose]}?token=${token}&lang=${language}`;
}
