/** Asking for a link by mail. */
import type { Database } from '../aws/data-api.ts';
import { keyring } from '../aws/keyring.ts';
import { emailKey } from '../domain/email-address.ts';
import { linkEnd } from '../domain/links.ts';
import type { AccountPurpose } from '../domain/one-time-token.ts';
import type { Origin } from '../domain/origin.ts';
import { pseudonymizer } from '../domain/pseudonym.ts';
import { limitPerIp, limits, mailLimit, tooMany } from '../domain/rate-limit.ts';
import { requestLink } from '../store/one-time-tokens.ts';

const pseudonymKey = keyring('pseudonym');

/**
 * Has a link mailed to the address, if it has an account to mail it for; says nothing of whether it has.
 * @throws Problem RATE_LIMITED, for a known and an unknown address alike
 */
export async function requestLinkByMail(
  database: Database,
  purpose: AccountPurpose,
  email: string,
  origin: Origin,
): Promise<void> {
  const { now } = origin;
  const key = emailKey(email);
  const pseudonymize = pseudonymizer((await pseudonymKey.keys())[0]);
  const asked = { purpose, emailKey: key, expiresAt: linkEnd(purpose, now) };
  const exceeded = await requestLink(
    database,
    asked,
    limits(mailLimit(purpose, key, pseudonymize, now), limitPerIp('mailPerIp', origin.ipAddress, pseudonymize, now)),
    origin,
  );
  if (exceeded) throw tooMany(exceeded);
}
