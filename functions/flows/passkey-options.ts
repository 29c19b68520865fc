/** What a browser shows a passkey by. */
import type { RequestOptions } from '../contracts/http/passkeys.ts';
import type { SessionId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { CHALLENGE_TIMEOUT, type ChallengeFor, newChallenge } from '../domain/webauthn/challenge.ts';
import { type RelyingParty, type RelyingPartySettings, relyingParty } from '../domain/webauthn/relying-party.ts';
import type { KnownCredential } from '../store/factors.ts';
import { knownPasskeys } from '../store/passkeys.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';

export type PasskeyOptionsNeeds = Needing<'passkeyChallenges', RelyingPartySettings>;

/** @throws Problem RESOURCE_NOT_FOUND where the stage has no passkeys */
export function assertPasskeys(settings: RelyingPartySettings): RelyingParty {
  const party = relyingParty(settings);
  if (!party) throw new Problem('RESOURCE_NOT_FOUND', { detail: 'This service has no passkeys.' });
  return party;
}

/**
 * Without a database: the challenge is sealed. To sign in, the browser says which passkeys there are, so nobody learns here
 * who has one (WebAuthn L3 §14.6.2).
 * @param known of an account that is proved: JSON of its {@link KnownCredential}
 * @throws Problem RESOURCE_NOT_FOUND where the stage has no passkeys
 */
export async function requestOptions(
  { settings, passkeyChallenges }: PasskeyOptionsNeeds,
  whom: ChallengeFor,
  now: Date,
  known = '[]',
): Promise<RequestOptions> {
  const { rpId } = assertPasskeys(settings);
  return {
    challenge: await newChallenge(passkeyChallenges, whom, now),
    rpId,
    timeout: CHALLENGE_TIMEOUT,
    userVerification: 'required',
    allowCredentials: descriptorsOf(known),
  };
}

/** What a challenge is for that a passkey answers in this session alone, to be of level 2 again. */
export const reauthenticationOf = (session: SessionId): ChallengeFor => ({ use: 'reauthenticate', of: session });

/**
 * What a browser shows a passkey by that is shown again: one of the account's own.
 * @throws Problem TOKEN_INVALID when the session is over; RESOURCE_NOT_FOUND where there are no passkeys
 */
export async function ownPasskeyOptions(
  needs: PasskeyOptionsNeeds & Needing<'database'>,
  caller: Caller,
  context: RequestContext,
): Promise<RequestOptions> {
  const known = await knownPasskeys(needs.database, caller, context);
  if (known === null) throw new Problem('TOKEN_INVALID');
  // Of an empty list a browser would make: any passkey that it has (WebAuthn L3 §5.5).
  if (known === '[]') throw new Problem('RESOURCE_NOT_FOUND', { detail: 'This account has no passkeys.' });
  return requestOptions(needs, reauthenticationOf(caller.sid), context.now, known);
}

/** @param known JSON: {@link KnownCredential} */
export const descriptorsOf = (known: string): RequestOptions['allowCredentials'] =>
  (JSON.parse(known) as KnownCredential[]).map(({ id, transports }) => ({
    id: hexToBase64url(id),
    type: 'public-key',
    ...(transports?.length ? { transports: [...transports] } : {}),
  }));

export const hexToBase64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
