/** Asking for a link by mail. */

import { hmacKeys } from '../aws/hmac-keys.ts';
import { emailKey } from '../domain/email-address.ts';
import { linkEnd } from '../domain/mailed-link.ts';
import type { AccountPurpose } from '../domain/one-time-token.ts';
import { pseudonymizer } from '../domain/pseudonym.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { settings } from '../runtime/settings.ts';
import type { Database } from '../store/database.ts';
import { requestLink } from '../store/one-time-tokens.ts';

const pseudonymKey = hmacKeys('pseudonym');

/**
 * Has a link mailed to the address, if it has an account to mail it for; says nothing of whether it has.
 * @throws Problem RATE_LIMITED, for a known and an unknown address alike
 */
export async function requestLinkByMail(
  database: Database,
  purpose: AccountPurpose,
  email: string,
  context: RequestContext,
): Promise<void> {
  const { now } = context;
  const key = emailKey(email);
  const limits = limitsAt(now, pseudonymizer((await pseudonymKey.keys())[0]), settings);
  const asked = { purpose, emailKey: key, expiresAt: linkEnd(purpose, now, settings) };
  const exceeded = await requestLink(
    database,
    asked,
    [...limits.ofMail(purpose, key), ...limits.byIp('mailPerIp', context.ipAddress)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
}
