/** Load in a closed loop: so many clients, each sending its next request when it has the answer to the one before. */
import { type Connection, connect } from './http-client.ts';
import { quantile } from './quantile.ts';

export interface Load {
  readonly perSecond: number;
  /** Answered in all: to make the clients ready, to warm up, measured. */
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What a client does again and again. */
export type Act = () => Promise<unknown>;

/** Makes a client ready, with an account of its own where it needs one, and gives what it does. */
export type Client = (connection: Connection) => Promise<Act>;

/** Requests of each client before the clock runs. */
const WARM_UP = 3;

/** @param options.seconds of measuring, after a third of it to warm up */
export async function loadOf(
  url: string,
  client: Client,
  options: { readonly clients: number; readonly seconds: number },
): Promise<Load> {
  const connections = Array.from({ length: options.clients }, () => connect(url));
  try {
    const measured = await apply(await Promise.all(connections.map(client)), options.seconds);
    return { ...measured, requests: connections.reduce((sum, { answered }) => sum + answered(), 0) };
  } finally {
    for (const { close } of connections) close();
  }
}

async function apply(acts: readonly Act[], seconds: number): Promise<Omit<Load, 'requests'>> {
  // All at once, so that the service has started what it needs for as many.
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
