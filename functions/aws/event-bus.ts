/**
 * Puts events on the stage's bus, as many as are given: in parallel calls within PutEvents' limits, each entry with an
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
  /** @returns for each entry null when the bus took it, else the code of the refusal; never throws */
  put(entries: readonly BusEntry[]): Promise<(string | null)[]>;
}

const MOST_ENTRIES = 10;
/** Of a call's entries together: 1 MB since January 2026. The tenth kept back is for what is counted otherwise. */
const MOST_BYTES = 900_000;
/** Milliseconds for one call, its retries included; well within the lease of what is sent. */
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
      // An entry is taken when it has an id; anything less certain is sent again.
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

/** The entries in their order, cut into calls. */
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
