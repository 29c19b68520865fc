/** The writing statements of the store that jobs and consumers send. */
import type { LeaseId } from '../../functions/domain/ids.ts';
import { giveBack, handleOnce, take } from '../../functions/packages/inbox/index.ts';
import { recordPart } from '../../functions/store/audit-exports.ts';
import type { Database } from '../../functions/store/database.ts';
import { raiseSequences, redrive } from '../../functions/store/dead-letters.ts';
import { recordFeedback } from '../../functions/store/mail-feedback.ts';
import { admitRequest, settleMail, takeMail } from '../../functions/store/mails.ts';
import { dropEndedPartition, makePartition } from '../../functions/store/partitions.ts';
import { claimEvents, markEvents } from '../../functions/store/relay.ts';
import { giveTurnBack, takeTurn } from '../../functions/store/relay-turn.ts';
import { pruneAuditLog, sweep } from '../../functions/store/sweep.ts';
import { sweepUnproved } from '../../functions/store/unproved-accounts.ts';
import { someEvent } from './outbox.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import type { StoreCall } from './writes.ts';

const ago = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
export const claim = ({ person }: World) => ({
  consumer: 'test',
  event_id: person.userId,
  claim_id: person.token.sessionId,
});

/** Of a mail to the person. */
export const takeTheirs = (database: Database, world: World) =>
  takeMail(database, claim(world), 60, {
    addressKey: world.person.addressKey,
    emailKey: world.person.email,
    messageId: 'm',
    hasLink: true,
  });

export const jobCalls: Readonly<Record<string, StoreCall>> = {
  'a mail that is asked for': (world, context, database) =>
    admitRequest(database, world.person.email, claim(world), counted(world, context)),
  'a delivery in hand': (world, _, database) => take(database, claim(world), 60),
  'an event handled once': (world, { now }, database) =>
    handleOnce(database, { ...claim(world), consumer: 'once' }, 60, (taken) =>
      settleMail(database, taken, someEvent(now), { isSent: true, now }),
    ),
  'a delivery given back': (world, _, database) => giveBack(database, claim(world)),
  'a mail about to be sent': (world, _, database) => takeTheirs(database, world),
  'a mail that comes back': ({ person }, { correlationId, now }, database) =>
    recordFeedback(database, { mailId: person.userId, correlationId, reason: 'bounced', stops: 'bounce' }, now),
  'a mail that is sent': (world, { now }, database) =>
    settleMail(database, claim(world), someEvent(now), { isSent: true, now }),
  "the relay's turn": async (_, __, database) => (await takeTurn(database)) !== null,
  "the relay's turn given back": (world, _, database) => giveTurnBack(database, claim(world)),
  'a claim of events': async (_, { now }, database) =>
    (await claimEvents(database, { batchSize: 10, leaseSeconds: 30 }, now)).events.length,
  'the marks of events': ({ person, own }, { now }, database) =>
    markEvents(
      database,
      own as string as LeaseId,
      [{ event_id: person.userId, error: 'refused', available_at: now, dead: false }],
      now,
    ),
  'another chance for dead letters': (_, { now }, database) => redrive(database, null, now),
  'sequences raised after a restore': (_, { now }, database) => raiseSequences(database, now),
  'a part of the exported audit log': (_, { now }, database) =>
    recordPart(database, { day: '2026-03-01', part: 1, lastId: null, entries: 3, now }),
  'a partition to come': (_, __, database) => makePartition(database, 'event_outbox'),
  'a partition that is over': (_, __, database) => dropEndedPartition(database, 'event_outbox', ago(30)),
  'the sweep of sessions': (_, __, database) => sweep(database, 'sessions', { before: ago(-2), most: 10 }),
  'the sweep of the audit log': (_, __, database) => pruneAuditLog(database, { before: ago(100), most: 10 }),
  'the sweep of accounts that nobody proved': (_, { now }, database) =>
    sweepUnproved(database, { before: ago(-1), most: 10, now }),
};
