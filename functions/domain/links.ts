/** One-time links as people are sent them: where they lead and how long they work. */
import { environment, settings } from '../runtime/settings.ts';
import type { Purpose } from './one-time-token.ts';

const pages: Readonly<Record<Purpose, string>> = {
  verify_email: 'verify-email',
  reset_password: 'reset-password',
  invitation: 'accept-invitation',
};

const MINUTE = 60_000;
const lifetimes: Readonly<Record<Purpose, number>> = {
  verify_email: settings.verificationLinkHours * 60 * MINUTE,
  reset_password: settings.resetLinkMinutes * MINUTE,
  invitation: settings.invitationDays * 24 * 60 * MINUTE,
};

/** When a link made now ends. */
export const linkEnd = (purpose: Purpose, now: Date) => new Date(now.getTime() + lifetimes[purpose]);

/** Of the pages behind links, without a slash at its end. */
export const linkBase = (): string => settings.linkBaseUrl ?? environment('ISSUER');

/**
 * The page that redeems the token, by settings alone: a Host header could send the token to somebody else (S29).
 * @param language of the mail, so that the page behind it speaks the same
 */
export function linkTo(purpose: Purpose, token: string, language: string): string {
  return `${linkBase()}/${pages[purpose]}?token=${token}&lang=${language}`;
}
