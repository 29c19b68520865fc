/** Proving by a mailed code, or by the link in the browser that asked, who somebody is: one factor. */
import { emailKey } from '../domain/email-address.ts';
import {
  codesClosed,
  type EmailLogin,
  isLoginCode,
  loginHash,
  onceOfLogin,
  openEmailLogin,
} from '../domain/email-login.ts';
import type { TokenId } from '../domain/ids.ts';
import type { Door } from '../domain/pending-sign-in.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { claimAccount } from '../store/claims.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { admitLogin } from '../store/login-admission.ts';
import type { Needing } from './needs.ts';
import { type Proved, refusal } from './prove-person.ts';
import { recordFailure } from './record-failure.ts';

export type ProveByMailNeeds = Needing<
  'database' | 'pseudonyms' | 'deviceTokens' | 'emailLogins' | 'codeKey',
  LimitSettings & DemandSettings & Pick<Settings, 'emailLogin'>
>;

export interface MailedProof {
  /** Of the browser that asked: whoever has it is that browser. */
  readonly loginId: string;
  readonly door: Door;
  /** Six digits, with a space in the middle or none; or the id of the genuine link. */
  readonly shown: { readonly code: string } | { readonly link: TokenId };
}

export interface ProvedByMail extends Proved {
  readonly login: EmailLogin;
}

/** Whatever it is refused for. */
const wrongCode = () => new Problem('INVALID_CREDENTIALS', { detail: 'The code is wrong, or no longer works.' });

/**
 * Each try is counted before the code is compared (S83). After ten wrong codes the address, or the known device, gets in by
 * the link alone for a day: nobody guesses that, so others' guesses do not keep its owner out. An account whose address
 * nobody had proved is claimed (S57).
 * @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RESOURCE_NOT_FOUND where the stage has no login by
 * mail; RATE_LIMITED
 */
export async function proveByMail(
  { database, settings, ...needs }: ProveByMailNeeds,
  { loginId, door, shown }: MailedProof,
  context: RequestContext,
): Promise<ProvedByMail> {
  if (settings.emailLogin === 'off') throw new Problem('RESOURCE_NOT_FOUND');
  const login = await openEmailLogin(needs.emailLogins, loginId, door, context.now);
  if (!login) throw refusal('invalid_password', wrongCode());
  const { email, tokenId } = login;
  const byLink = 'link' in shown;
  const [pseudonymize, device, codeKeys] = await Promise.all([
    needs.pseudonyms(),
    needs.deviceTokens.read(login.deviceToken, context.now),
    needs.codeKey.keys(),
  ]);
  const limits = limitsAt(context.now, pseudonymize, settings);
  const key = emailKey(email);
  const deviceKey = device && pseudonymize(byLink ? 'emailLinkOfDevice' : 'emailCodeOfDevice', device.deviceId);
  const daily = byLink ? [] : limits.by('codePerAccountDaily', `mail:${key}`);
  const addressKey = pseudonymize(byLink ? 'emailLink' : 'emailCode', key);
  const { account, locked, known, mailed, exceeded } = await admitLogin(
    database,
    { email, emailKey: key, addressKey, device, deviceKey, loginToken: tokenId },
    [
      ...limits.by('emailCodePerLogin', tokenId),
      ...(byLink ? [] : limits.by('codePerAccount', `mail:${key}`)),
      ...daily,
      ...limits.byIp('loginPerIp', context.ipAddress),
    ],
    settings,
    context,
  );
  if (exceeded) throw refusal('rate_limit_exceeded', tooMany(exceeded));

  const guessKey = known && deviceKey ? deviceKey : addressKey;
  const fits = byLink
    ? shown.link === tokenId
    : isLoginCode(shown.code, { tokenId, loginHash: loginHash(loginId) }, codeKeys);
  if (account.user_id === null || !mailed || !fits || locked) {
    emitMetrics({ EmailCodesWrong: [1, 'Count'] });
    const reason = account.user_id === null ? 'user_not_found' : locked ? 'account_locked' : 'invalid_password';
    const failure = { email, userId: account.user_id, reason, guessKey, guessedBy: 'code' } as const;
    await recordFailure(database, failure, codesClosed, context);
    throw refusal(reason, wrongCode());
  }

  const once = { ...onceOfLogin(login), tries: daily };
  const proved = {
    login,
    deviceId: known && device ? device.deviceId : null,
    guessKey,
    upgradedHash: null,
    limits,
  };
  if (account.email_verified) return { ...proved, account, shown: { amr: ['email'], factor: null, once } };

  const { user_id: userId, password_epoch: passwordEpoch } = account;
  const epoch = await claimAccount(database, { userId, passwordEpoch, once }, context);
  if (epoch === null) throw refusal('invalid_password', wrongCode());
  return {
    ...proved,
    account: {
      ...account,
      email_verified: true,
      password_epoch: epoch,
      // They went with the claim.
      ...{ factors: [], passkeys: '[]', has_app: false, has_second_factor: false },
    },
    shown: { amr: ['email'], factor: null, once: null },
    deviceId: null,
  };
}
