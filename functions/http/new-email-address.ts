import { emailAddress, newEmailAddress } from '../contracts/http/fields.ts';
import type { Settings } from '../domain/settings.ts';

/** The field `email` of an account to be; where the stage says so, also one that no mail can be sent to (S59). */
export const newEmailAddressOf = ({ acceptUnsendable }: Pick<Settings, 'acceptUnsendable'>) =>
  acceptUnsendable ? emailAddress : newEmailAddress;
