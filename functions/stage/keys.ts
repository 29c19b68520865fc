/** The stage's HMAC keys, each for one purpose, and what they make and read. */
import type { SecretName } from '../../lib/service/capability.ts';
import { hmacKeys } from '../aws/hmac-keys.ts';
import { type DeviceTokens, deviceTokens } from '../domain/device-token.ts';
import type { EmailLogins } from '../domain/email-login.ts';
import type { HmacKeys } from '../domain/key-versions.ts';
import { type OneTimeTokens, oneTimeTokens } from '../domain/one-time-token.ts';
import type { PendingSignIns } from '../domain/pending-sign-in.ts';
import { type Pseudonyms, pseudonyms } from '../domain/pseudonym.ts';
import { type RefreshTokens, refreshTokens } from '../domain/refresh-token.ts';
import { sealed } from '../domain/sealed.ts';
import { type TotpSecrets, totpSecrets } from '../domain/totp-secrets.ts';
import type { PasskeyChallenges } from '../domain/webauthn/challenge.ts';
import { type FormTokens, formTokens } from '../http/form-token.ts';
import { environment, stageSettings } from './settings.ts';

/** Begins to fetch at once: if it is made outside the handler, the key is there when the first request needs it. */
export const stageKeys = (name: SecretName): HmacKeys =>
  hmacKeys(name, environment(`SECRET_${name.toUpperCase().replaceAll('-', '_')}_ARN`));

export const stageEmailLogins = (): EmailLogins => sealed(stageKeys('browser'), 'email login');
export const stagePendingSignIns = (): PendingSignIns => sealed(stageKeys('browser'), 'second factor');
export const stageTotpSecrets = (): TotpSecrets => totpSecrets(stageKeys('totp'));
export const stagePasskeyChallenges = (): PasskeyChallenges => sealed(stageKeys('browser'), 'passkey challenge');
export const stagePseudonyms = (): Pseudonyms => pseudonyms(stageKeys('pseudonym'));
export const stageOneTimeTokens = (): OneTimeTokens => oneTimeTokens(stageKeys('one-time-token'));
export const stageRefreshTokens = (): RefreshTokens => refreshTokens(stageKeys('refresh-chain'));
/** What browsers carry for us: forms' tokens and sealed requests. */
export const stageFormTokens = (): FormTokens => formTokens(stageKeys('browser'), stageSettings());
export const stageDeviceTokens = (): DeviceTokens => deviceTokens(stageKeys('device'), stageSettings());
