/** Changing the password at the pages: the session goes on by a new cookie, so that whoever has the old one has lost it. */
import { newBrowserCookie } from '../domain/browser-session.ts';
import { newDeviceId } from '../domain/device-token.ts';
import { checkNewPassword, type PasswordSettings } from '../domain/password-policy.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { changePassword } from '../store/passwords.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import { assertRecent, type ConfirmNeeds, confirmPerson, passwordRefusal } from './confirm-password.ts';
import type { Needing } from './needs.ts';
import { refuseBreached } from './refuse-breached.ts';

export type ChangeAtBrowserNeeds = ConfirmNeeds &
  Needing<'isBreached' | 'deviceTokens', PasswordSettings & RecencySettings & DemandSettings>;

export interface ChangedAtBrowser {
  readonly cookie: string;
  /** Every device token ended with the password; this browser's goes on in a new one, unless people share it. */
  readonly deviceToken: string | null;
}

/** @throws Problem PASSWORD_REJECTED; those of {@link confirmPerson} */
export async function changePasswordAtBrowser(
  needs: ChangeAtBrowserNeeds,
  caller: Caller,
  newPassword: string,
  context: RequestContext,
): Promise<ChangedAtBrowser> {
  const confirmed = await confirmPerson(needs, caller, undefined, context);
  checkNewPassword(newPassword, confirmed.email, needs.settings);
  await refuseBreached(needs, newPassword);
  const { value, hash } = newBrowserCookie(caller.sid);
  const change = { newHash: await needs.passwords.hash(newPassword), ...confirmed, freshHash: hash };
  const kept = await changePassword(needs.database, caller, change, context);
  assertRecent(kept, caller, needs.settings);
  if (kept.user_id === null) throw passwordRefusal(kept.retry_after);
  const device = {
    userId: caller.sub,
    deviceId: newDeviceId(),
    passwordEpoch: confirmed.passwordEpoch + 1,
    issuedAt: context.now,
  };
  return { cookie: value, deviceToken: kept.shares_devices ? null : await needs.deviceTokens.seal(device) };
}
