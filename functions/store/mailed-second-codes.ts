/** Codes by mail that are shown beside the password (domain/email-login.ts), where the stage takes them for a second factor. */
import type { UserId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database, Parameters } from './database.ts';
import type { DemandSettings } from './demanded-levels.ts';
import { type MailedCode, mailedCodeParameters, mailsCode } from './email-logins.ts';
import { mayShow } from './factor-guesses.ts';
import { mailCounts, mailParameters } from './factors.ts';
import { count, exceeded, readExceeded, recordRefusals } from './rate-limits.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';

/** A sign-in that waits, whose password was compared; or a session. */
export type Waiting = { readonly userId: UserId; readonly passwordEpoch: number } | Caller;

/**
 * Has a code mailed to the account's address.
 * @returns `mailed`: false where the account may not show one, or the session is over; the limit that the request is over
 */
export async function mailSecondCode(
  database: Database,
  waiting: Waiting,
  code: MailedCode,
  limits: readonly Limit[],
  settings: DemandSettings,
  context: RequestContext,
): Promise<{ readonly exceeded: ExceededLimit | null; readonly mailed: boolean }> {
  const isSession = 'sid' in waiting;
  const who: Parameters = isSession
    ? { user_id: waiting.sub, ...callerParameters(waiting, context) }
    : { user_id: waiting.userId, password_epoch: waiting.passwordEpoch };
  const [row] = await database.query<{ exceeded: string | null; mailed: boolean }>(
    `
    with ${isSession ? `${caller}, ` : ''}${count('limits')}, ${recordRefusals(':user_id')},
    account as (${isSession ? mayShow.signedIn : mayShow.signingIn}),
    asked as (
      select user_id, email
      from account
      where by_password and ${mailCounts('account')} and not exists (select from refused)
    ),
    ${mailsCode('second_factor')}
    select ${exceeded} as exceeded, exists (select from asked) as mailed`,
    { limits, ...who, ...mailParameters(settings), ...mailedCodeParameters(code, context) },
  );
  return { exceeded: readExceeded(row?.exceeded), mailed: row?.mailed ?? false };
}
