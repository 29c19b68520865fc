/** What may be used once, as the database remembers it (store/used-once.ts). */
import { createHash } from 'node:crypto';
import { newId } from './ids.ts';
import type { Limit } from './rate-limit.ts';

export type Purpose = 'client-assertion' | 'dpop-proof' | 'email-login' | 'second-factor' | 'passkey-challenge';

export interface OneUse {
  readonly purpose: Purpose;
  /** SHA-256 of its id, and of whose it is. */
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
  /** Of this request: a statement that is sent again finds its own earlier try, and no other. */
  readonly attemptId: string;
  /** Of a code: counts of tries that this one, which was right, is taken out of again. */
  readonly tries?: readonly Pick<Limit, 'key' | 'at'>[];
}

/** @param id its name among all of the purpose: whose it is, and what they call it */
export const oneUse = (purpose: Purpose, id: readonly string[], expiresAt: Date): OneUse => ({
  purpose,
  hash: createHash('sha256').update(JSON.stringify(id)).digest(),
  expiresAt,
  attemptId: newId(),
});
