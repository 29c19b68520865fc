/** Asking for a link by mail. */
import { emailKey } from '../domain/email-address.ts';
import { type LinkLifetimes, linkEnd } from '../domain/mailed-link.ts';
import type { AccountPurpose } from '../domain/one-time-token.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { requestLink } from '../store/one-time-tokens.ts';
import type { Needing } from './needs.ts';

export type RequestLinkNeeds = Needing<'database' | 'pseudonyms', LimitSettings & LinkLifetimes>;

/**
 * Has a link mailed to the address, if it has an account to mail it for; says nothing of whether it has.
 * @throws Problem RATE_LIMITED, for a known and an unknown address alike
 */
export async function requestLinkByMail(
  { database, pseudonyms, settings }: RequestLinkNeeds,
  purpose: AccountPurpose,
  email: string,
  context: RequestContext,
): Promise<void> {
  const { now, ipAddress } = context;
  const key = emailKey(email);
  const limits = limitsAt(now, await pseudonyms(), settings);
  const exceeded = await requestLink(
    database,
    { purpose, emailKey: key, expiresAt: linkEnd(purpose, now, settings) },
    [...limits.ofMail(purpose, key), ...limits.byIp('mailPerIp', ipAddress)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
}
