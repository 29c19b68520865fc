/**
 * What an authenticator signs: a sealed text (domain/sealed.ts) that says what for, for whom and until when. So no row waits for
 * an answer, and the answer brings its challenge along (WebAuthn L3 §13.4.3 asks for 16 random bytes; the seal has 28, and
 * nobody else makes one).
 */
import { randomUUID } from 'node:crypto';
import { type OneUse, oneUse } from '../one-use.ts';
import type { Sealed } from '../sealed.ts';
import { challengeIn } from './ceremony.ts';

/** Milliseconds. Pages renew theirs before that; dialogues of browsers end before it, too (§15.1: 5 to 10 minutes). */
const LIFETIME = 5 * 60 * 1000;

/** For a passkey that is made, or used: to sign in, beside a first factor, or to authenticate again. */
export type ChallengeUse = 'create' | 'login' | 'second-factor' | 'reauthenticate';

/** Whom it is for: of `login` the browser that asked, of others the session or the sign-in that waits; null: nobody yet. */
export interface ChallengeFor {
  readonly use: ChallengeUse;
  readonly of: string | null;
}

export interface PasskeyChallenge extends ChallengeFor {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

export type PasskeyChallenges = Sealed<PasskeyChallenge>;

/** Milliseconds, as options say it to browsers. */
export const CHALLENGE_TIMEOUT = LIFETIME;

/** @returns base64url, as options have it */
export const newChallenge = (challenges: PasskeyChallenges, whom: ChallengeFor, now: Date): Promise<string> =>
  challenges.seal({ ...whom, id: randomUUID(), endsAt: now.getTime() + LIFETIME });

export interface Answered {
  readonly challenge: Buffer;
  /** It answers once (S83). */
  readonly once: OneUse;
}

/** @returns null for an answer to none of ours, to one for something or somebody else, or to one that is over */
export async function readChallenge(
  challenges: PasskeyChallenges,
  clientDataJSON: Buffer,
  { use, of }: ChallengeFor,
  now: Date,
): Promise<Answered | null> {
  const text = challengeIn(clientDataJSON);
  const challenge = text === null ? null : await challenges.open(text);
  if (text === null || challenge?.use !== use || challenge.of !== of || challenge.endsAt <= now.getTime()) return null;
  return {
    challenge: Buffer.from(text, 'base64url'),
    once: oneUse('passkey-challenge', [challenge.id], new Date(challenge.endsAt)),
  };
}
