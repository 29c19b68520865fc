/** Load in a closed loop: each client sends its next request when it has the answer to the previous one. */
import { type Connection, connect } from './http-client.ts';
import { quantile } from './quantile.ts';

export interface Load {
  readonly perSecond: number;
  /** All answered requests: those that prepare the clients, those of the warm-up, those measured. */
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What a client repeats. */
export type Act = () => Promise<unknown>;

/** Prepares a client, with an account of its own if it needs one, and returns what it repeats. */
export type Client = (connection: Connection) => Promise<Act>;

/** Requests of each client before the measuring begins. */
const WARM_UP = 3;

/**
 * @param options.seconds of measuring; the warm-up before it takes a third of that
 * @param options.prepared called when the clients are prepared, and have sent what that takes
 */
export async function loadOf(
  url: string,
  client: Client,
  options: { readonly clients: number; readonly seconds: number; readonly prepared?: (requests: number) => void },
): Promise<Load> {
  const connections = Array.from({ length: options.clients }, () => connect(url));
  try {
    const acts = await Promise.all(connections.map(client));
    const requests = () => connections.reduce((sum, { answered }) => sum + answered(), 0);
    options.prepared?.(requests());
    const measured = await apply(acts, options.seconds);
    return { ...measured, requests: requests() };
  } finally {
    for (const { close } of connections) close();
  }
}

async function apply(acts: readonly Act[], seconds: number): Promise<Omit<Load, 'requests'>> {
  // All at once, so that the service has already started what so many clients need.
  for (let round = 0; round < WARM_UP; round++) await Promise.all(acts.map((act) => act()));
  const times: number[] = [];
  const from = performance.now() + (seconds * 1000) / 3;
  const end = from + seconds * 1000;
  await Promise.all(
    acts.map(async (act) => {
      for (let begun = performance.now(); begun < end; ) {
        await act();
        const ended = performance.now();
        if (ended >= from && ended <= end) times.push(ended - begun);
        begun = ended;
      }
    }),
  );
  return { perSecond: times.length / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
