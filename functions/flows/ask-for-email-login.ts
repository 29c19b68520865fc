/** Asking for a code and a link by mail that sign in. */
import { randomUUID } from 'node:crypto';
import { emailKey } from '../domain/email-address.ts';
import { type EmailLogin, loginHash, mailedLoginEnd } from '../domain/email-login.ts';
import { newId, type TokenId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { askForEmailLogin } from '../store/email-logins.ts';
import type { Needing } from './needs.ts';

export type AskNeeds = Needing<
  'database' | 'pseudonyms' | 'deviceTokens' | 'emailLogins',
  LimitSettings & Pick<Settings, 'emailLogin'>
>;

export interface EmailLoginRequest extends Pick<EmailLogin, 'door' | 'email' | 'keep'> {
  /** Of an earlier login of the account on this device. */
  readonly deviceToken: string | undefined;
  /** Of the browser's request before this one, whose code and link end. */
  readonly earlier: string | undefined;
}

export interface AskedByMail {
  readonly loginId: string;
  readonly expiresAt: Date;
}

/**
 * The same answer, by the same work, whether or not the address has an account (S7, S60).
 * @throws Problem RESOURCE_NOT_FOUND where the stage has no login by mail; RATE_LIMITED
 */
export async function askForLoginByMail(
  { database, settings, emailLogins, ...needs }: AskNeeds,
  { door, email, deviceToken, earlier, keep }: EmailLoginRequest,
  context: RequestContext,
): Promise<AskedByMail> {
  if (settings.emailLogin === 'off') throw new Problem('RESOURCE_NOT_FOUND');
  const { now, ipAddress } = context;
  const [pseudonymize, device, before] = await Promise.all([
    needs.pseudonyms(),
    needs.deviceTokens.read(deviceToken, now),
    earlier === undefined ? null : emailLogins.open(earlier),
  ]);
  const key = emailKey(email);
  const expiresAt = mailedLoginEnd(now);
  const login: EmailLogin = {
    tokenId: newId<TokenId>(),
    door,
    email,
    browser: before?.browser ?? randomUUID(),
    endsAt: expiresAt.getTime(),
    ...(device && deviceToken !== undefined ? { deviceToken } : {}),
    ...(keep === undefined ? {} : { keep }),
  };
  const loginId = await emailLogins.seal(login);
  const limits = limitsAt(now, pseudonymize, settings);
  const exceeded = await askForEmailLogin(
    database,
    {
      emailKey: key,
      device,
      deviceKey: device && pseudonymize('emailCodeOfDevice', device.deviceId),
      tokenId: login.tokenId,
      loginHash: loginHash(loginId),
      askedBy: login.browser,
      expiresAt,
    },
    [
      ...limits.ofMail('email_login', key),
      ...(device ? limits.by('mailPerDevice', device.deviceId) : []),
      ...limits.byIp('mailPerIp', ipAddress),
    ],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  return { loginId, expiresAt };
}
