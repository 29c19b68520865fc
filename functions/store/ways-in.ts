/** By what a person gets into the account (S87). A code of an app, or a recovery code, is none alone. */
import type { Settings } from '../domain/settings.ts';
import { NO_PASSWORD } from './claims.ts';

/** True of an account `user` that has a password, or signs in by mail. Needs {@link wayParameters}. */
export const hasOtherWay = (user: string) =>
  `(${user}.password_hash <> '${NO_PASSWORD}' or (:signs_in_by_mail and ${user}.email_verified_at is not null))`;

export type WaySettings = Pick<Settings, 'emailLogin'>;

export const wayParameters = ({ emailLogin }: WaySettings) => ({ signs_in_by_mail: emailLogin !== 'off' });
