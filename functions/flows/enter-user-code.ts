/** A person types the code that a device shows (RFC 8628 §3.3). */
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import { readUserCode } from '../domain/device-code.ts';
import type { Language } from '../domain/language.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { findBrowserSession } from '../store/browser-sessions.ts';
import { findDevice } from '../store/device-codes.ts';
import type { Needing } from './needs.ts';

export type UserCodeNeeds = Needing<'database' | 'pseudonyms', LimitSettings & Pick<Settings, 'issuer'>>;

export interface TypedCode {
  readonly typed: string;
  readonly browser: BrowserCookie | null;
  /** Of the page. */
  readonly language: Language;
}

/**
 * Each try is counted before it is compared, over all functions (S81); text that can be no code is none.
 * @returns the request that the person is asked about; null where no device waits with the code, whatever became of one
 * @throws Problem RATE_LIMITED
 */
export async function enterUserCode(
  { database, settings, pseudonyms }: UserCodeNeeds,
  { typed, browser, language }: TypedCode,
  context: RequestContext,
): Promise<AuthorizationRequest | null> {
  const userCode = readUserCode(typed);
  if (userCode === null) return null;
  const { now, ipAddress } = context;
  const [session, pseudonymize] = await Promise.all([
    browser && findBrowserSession(database, browser, now),
    pseudonyms(),
  ]);
  const limits = limitsAt(now, pseudonymize, settings);
  const counted = session
    ? (['codePerAccount', 'codePerAccountDaily'] as const).flatMap((name) =>
        limits.by(name, `device ${session.user_id}`),
      )
    : limits.by('deviceCodes', 'typed');
  const all = [...counted, ...limits.byIp('tokenGuessPerIp', ipAddress, 'device ')];
  const { exceeded, device } = await findDevice(database, userCode, all, context);
  if (exceeded) throw tooMany(exceeded);
  if (!device) return null;
  return {
    clientId: device.client_id,
    // The answer is a page of ours; the device asks for its tokens by itself.
    redirectUri: `${settings.issuer}/device`,
    responseMode: 'query',
    device: device.device_hash,
    scope: device.scope,
    resource: device.resource,
    // Of our own clients, too, and whatever was agreed before: this device is another one (§5.4).
    prompt: ['consent'],
    uiLocales: [language],
    arrivedAt: now.getTime(),
  };
}
