/**
 * One relay at a time, where each request wakes one: a lease in the inbox, of a delivery that is never done. Without it
 * a flood of requests would keep as many relays at work, and take the account's concurrency from the requests.
 */

import { type Claim, giveBack, take } from '../packages/inbox/index.ts';
import type { Database } from './database.ts';

const WAKE = { consumer: 'relay-outbox', event_id: '00000000-0000-0000-0000-000000000000' };
/** Less than the minute after which Lambda runs one again that died. A longer turn is shared with the next, at worst. */
const TURN_SECONDS = 45;

/** @returns null while another relay has it */
export async function takeTurn(database: Database): Promise<Claim | null> {
  const claim = { ...WAKE, claim_id: crypto.randomUUID() };
  return (await take(database, claim, TURN_SECONDS)) === 'mine' ? claim : null;
}

export const giveTurnBack = (database: Database, turn: Claim): Promise<void> => giveBack(database, turn);
