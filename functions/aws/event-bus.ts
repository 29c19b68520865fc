/**
 * Puts any number of events on the stage's bus, in parallel calls within the limits of PutEvents. Each entry has an
 * outcome of its own. What went wrong is either the entry's fault, which another try hardly changes, or the bus's, and
 * then says nothing about the entry.
 *
 * Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html,
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

export interface BusEntry {
  readonly source: string;
  readonly detailType: string;
  /** JSON text. */
  readonly detail: string;
}

/** Why the bus did not take an entry. */
export interface Untaken {
  readonly code: string;
  /** The call failed, or the bus, or a permission of this service: any other entry would have fared alike. */
  readonly outage: boolean;
}

export interface EventBus {
  /** @returns for each entry null if the bus took it; never throws */
  put(entries: readonly BusEntry[]): Promise<(Untaken | null)[]>;
}

/**
 * Error codes that are about the entry: it is not valid, or its source or detail type may not be sent. AWS also names
 * InternalFailure and ThrottlingException, which ask for another try, and AccessDeniedException and
 * InvalidAccountIdException, which are about the bus. A code that is new here counts as an outage, since no event is
 * lost by one.
 */
const ABOUT_THE_ENTRY = new Set([
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
  'ValidationException',
]);

const MOST_ENTRIES = 10;
/** Bytes of a call's entries: 1 MB is the limit since January 2026. A tenth is spare, as AWS may count differently. */
const MOST_BYTES = 900_000;
/** Milliseconds for one call with its retries; well within the lease of the events sent. */
const PATIENCE = 10_000;

/** @param bus its name or ARN: without one, entries would go to the account's default bus */
export function eventBus(bus: string): EventBus {
  const client = new EventBridgeClient({ maxAttempts: 2 });

  async function call(entries: readonly BusEntry[]): Promise<(Untaken | null)[]> {
    const command = new PutEventsCommand({
      Entries: entries.map(({ source, detailType, detail }) => ({
        EventBusName: bus,
        Source: source,
        DetailType: detailType,
        Detail: detail,
      })),
    });
    try {
      const { Entries = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(PATIENCE) });
      // The bus took an entry if it has an id; in every other case the entry is sent again.
      return entries.map((_, index) => (Entries[index]?.EventId ? null : untaken(Entries[index]?.ErrorCode)));
    } catch (error) {
      const refused = untaken(error instanceof Error ? error.name : 'UnknownError');
      // It is not said which entry makes a request invalid, and the others must not fail with it.
      if (!refused.outage && entries.length > 1) return (await Promise.all(entries.map((one) => call([one])))).flat();
      return entries.map(() => refused);
    }
  }

  return {
    async put(entries) {
      const outcomes = await Promise.all(inCalls(entries).map(call));
      return outcomes.flat();
    },
  };
}

const untaken = (code = 'NoAnswer'): Untaken => ({ code, outage: !ABOUT_THE_ENTRY.has(code) });

/** The entries in their order, divided into calls. */
export function inCalls(entries: readonly BusEntry[]): BusEntry[][] {
  const calls: BusEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const last = calls.at(-1);
    if (last && last.length < MOST_ENTRIES && bytes + size <= MOST_BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      calls.push([entry]);
      bytes = size;
    }
  }
  return calls;
}

/** Bytes, as EventBridge counts an entry. */
const sizeOf = ({ source, detailType, detail }: BusEntry) =>
  [source, detailType, detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
