/** Having a code mailed that is shown beside the password: between the two factors of a sign-in, or in a session. */
import { emailKey } from '../domain/email-address.ts';
import { loginHash, mailedLoginEnd } from '../domain/email-login.ts';
import { type DeviceId, newId, type TokenId } from '../domain/ids.ts';
import { type Door, openPending } from '../domain/pending-sign-in.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { mailSecondCode, type Waiting } from '../store/mailed-second-codes.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';

export type MailSecondCodeNeeds = Needing<'database' | 'pseudonyms', LimitSettings & DemandSettings>;

/**
 * The code is for this sign-in alone: whoever is talked into reading one out opens no other.
 * @returns until when the code works
 * @throws Problem SIGN_IN_EXPIRED, RATE_LIMITED; RESOURCE_NOT_FOUND where no mailed code was asked for
 */
export async function mailCodeOfSignIn(
  needs: MailSecondCodeNeeds & Needing<'pendingSignIns'>,
  text: string,
  door: Door,
  context: RequestContext,
): Promise<Date> {
  const pending = await openPending(needs.pendingSignIns, text, door, context.now);
  if (!pending) throw new Problem('SIGN_IN_EXPIRED');
  const { id: of, email, methods, deviceId } = pending;
  if (!methods.includes('email')) throw new Problem('RESOURCE_NOT_FOUND');
  return mail(needs, pending, { of, email, deviceId, end: new Date(pending.endsAt) }, context);
}

/** The code is for this session alone. @throws Problem RATE_LIMITED; SIGN_IN_EXPIRED where the session is over */
export const mailCodeOfSession = (
  needs: MailSecondCodeNeeds,
  caller: Caller,
  email: string,
  context: RequestContext,
): Promise<Date> =>
  mail(needs, caller, { of: caller.sid, email, deviceId: null, end: mailedLoginEnd(context.now) }, context);

interface Asked {
  readonly of: string;
  readonly email: string;
  /** A known one, whose mails are counted apart: whoever has the password uses up no owner's (S67). */
  readonly deviceId: DeviceId | null;
  readonly end: Date;
}

async function mail(
  { database, settings, pseudonyms }: MailSecondCodeNeeds,
  waiting: Waiting,
  { of, email, deviceId, end: expiresAt }: Asked,
  context: RequestContext,
): Promise<Date> {
  const limits = limitsAt(context.now, await pseudonyms(), settings);
  const { exceeded, mailed } = await mailSecondCode(
    database,
    waiting,
    { tokenId: newId<TokenId>(), loginHash: loginHash(of), askedBy: of, expiresAt },
    [
      ...(deviceId
        ? limits.by('mailPerDevice', `second_factor:${deviceId}`)
        : limits.ofMail('second_factor', emailKey(email))),
      ...limits.byIp('mailPerIp', context.ipAddress),
    ],
    settings,
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  if (!mailed) throw new Problem('SIGN_IN_EXPIRED');
  return expiresAt;
}
