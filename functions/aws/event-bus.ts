/**
 * Puts any number of events on the stage's bus, in parallel calls within the limits of PutEvents. Each entry has an
 * outcome of its own.
 *
 * Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

export interface BusEntry {
  readonly source: string;
  readonly detailType: string;
  /** JSON text. */
  readonly detail: string;
}

export interface EventBus {
  /** @returns for each entry null if the bus took it, else the error code; never throws */
  put(entries: readonly BusEntry[]): Promise<(string | null)[]>;
}

const MOST_ENTRIES = 10;
/** Bytes of a call's entries: 1 MB is the limit since January 2026. A tenth is spare, as AWS may count differently. */
const MOST_BYTES = 900_000;
/** Milliseconds for one call with its retries; well within the lease of the events sent. */
const PATIENCE = 10_000;

/** @param bus its name or ARN: without one, entries would go to the account's default bus */
export function eventBus(bus: string): EventBus {
  const client = new EventBridgeClient({ maxAttempts: 2 });

  async function call(entries: readonly BusEntry[]): Promise<(string | null)[]> {
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
      return entries.map((_, index) => (Entries[index]?.EventId ? null : (Entries[index]?.ErrorCode ?? 'NoAnswer')));
    } catch (error) {
      const code = error instanceof Error ? error.name : 'UnknownError';
      return entries.map(() => code);
    }
  }

  return {
    async put(entries) {
      const outcomes = await Promise.all(inCalls(entries).map(call));
      return outcomes.flat();
    },
  };
}

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
