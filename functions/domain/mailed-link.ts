/** Mailed one-time links: where they lead and how long they work. */
import type { Purpose } from './one-time-token.ts';
import type { Settings } from './settings.ts';

const pages: Readonly<Record<Purpose, string>> = {
  verify_email: 'verify-email',
  reset_password: 'reset-password',
  reset_factors: 'reset-factors',
  email_login: 'sign-in-by-mail',
  invitation: 'accept-invitation',
  change_email: 'change-email',
  undo_email: 'undo-email',
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type LinkLifetimes = Pick<Settings, 'verificationLinkHours' | 'resetLinkMinutes' | 'invitationDays'>;

/** Those whose lifetime is a setting. */
type SetPurpose = Exclude<Purpose, 'email_login' | 'undo_email' | 'reset_factors'>;

/** An administrator has just spoken to the person; the mail may wait until the evening. */
export const factorsLinkEnd = (now: Date) => new Date(now.getTime() + 24 * HOUR);

/** When a link that is made now ends. */
export const linkEnd = (purpose: SetPurpose, now: Date, settings: LinkLifetimes) =>
  new Date(now.getTime() + lifetimeOf(purpose, settings));

function lifetimeOf(purpose: SetPurpose, settings: LinkLifetimes): number {
  switch (purpose) {
    case 'verify_email':
    case 'change_email':
      return settings.verificationLinkHours * HOUR;
    case 'reset_password':
      return settings.resetLinkMinutes * MINUTE;
    case 'invitation':
      return settings.invitationDays * 24 * HOUR;
  }
}

/** At the issuer, whose browser's session begins there. */
const signsIn: readonly Purpose[] = ['email_login', 'reset_factors'];

type LinkTarget = Pick<Settings, 'linkBaseUrl' | 'issuer'>;

/** The base URL of the pages behind links, without a trailing slash. */
export const linkBase = ({ linkBaseUrl, issuer }: LinkTarget): string => linkBaseUrl ?? issuer;

/**
 * The URL of the page that redeems the token. Only settings decide its host: a Host header could send the token to an
 * attacker (S29).
 * @param language of the mail, so that the page has the same
 */
export function linkTo(purpose: Purpose, token: string, language: string, settings: LinkTarget): string {
  const base = signsIn.includes(purpose) ? settings.issuer : linkBase(settings);
  return `${base}/${pages[purpose]}?token=${token}&lang=${language}`;
}
