/** A look at one stage: asks AWS, the database and the service's own address, each thing once, and never changes anything. */
import { backoff } from '../../../functions/domain/backoff.ts';
import type { Database } from '../../../functions/store/database.ts';
import type { StageSettings } from '../../service/config.ts';
import type { Ask } from '../aws-request.ts';
import { type CallName, calls, type Values } from './calls.ts';

export interface Document {
  readonly status: number;
  readonly body: string;
}

/** What a look is made of. */
export interface Means {
  readonly settings: StageSettings;
  /** The host of `npm start`; `issuer` is its address. */
  readonly local?: { readonly issuer: string };
  readonly now: Date;
  readonly ask: Ask;
  readonly database: () => Promise<Database>;
  readonly get: (url: string) => Promise<Document>;
  /** Of the certificate that a host shows. */
  readonly certificateEnd: (host: string) => Promise<Date>;
  /** Milliseconds for a call, so that a service that hangs does not hold the rest up. */
  readonly patience: number;
}

/** What a check is judged by, besides what was read. */
export interface Judged {
  readonly settings: StageSettings;
  readonly now: Date;
  /** A command of this repository for this stage: `npm run keys -- status --stage prod`. */
  readonly command: (words: string) => string;
}

export interface Look extends Judged, Omit<Means, 'ask' | 'database'> {
  /** Asks AWS. @throws Refused */
  readonly aws: <T>(name: CallName, values?: Values, region?: string) => Promise<T>;
  /** All pages of a list. */
  readonly pages: <T>(name: CallName, values: Values, page: Paged) => Promise<T[]>;
  /** Asks the database. @throws Refused */
  readonly sql: <T>(statement: (database: Database) => Promise<T>) => Promise<T>;
  /** Reads a thing once, however many checks need it. */
  readonly once: <T>(read: (look: Look) => Promise<T>) => Promise<T>;
}

export interface Paged {
  /** The member of the answer that is the list, or what finds the list in it. */
  readonly list: string | ((answer: Readonly<Record<string, unknown>>) => readonly unknown[]);
  /** The member of the answer with the token of the next page, and that of the request. */
  readonly token: readonly [answer: string, request: string];
}

/** A call that AWS refused or did not answer. */
export class Refused extends Error {
  /** `database` for a statement. */
  readonly call: CallName | 'database';

  constructor(call: CallName | 'database', cause: unknown) {
    super(cause instanceof Error ? cause.message || cause.name : String(cause), { cause });
    this.call = call;
  }

  /** As the service names it. */
  get reason(): string {
    return this.cause instanceof Error ? this.cause.name : '';
  }
}

/** Calls at once: enough for some seconds in all, and fewer than any service's own limit a second. */
const AT_ONCE = 10;
const TRIES = 4;
/** In the words of all services. */
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown|RequestThrottled)/;

export function lookAt(means: Means): Look {
  const { settings, local, ask } = means;
  const place = places(AT_ONCE);
  const known = new Map<unknown, Promise<unknown>>();
  const remember = <T>(key: unknown, work: () => Promise<T>): Promise<T> => {
    const begun = (known.get(key) as Promise<T> | undefined) ?? work();
    known.set(key, begun);
    return begun;
  };

  async function aws<T>(name: CallName, values: Values = {}, region?: string): Promise<T> {
    const call = calls[name];
    const request = { ...call.request(values), ...(region === undefined ? {} : { region }), patience: means.patience };
    return remember(JSON.stringify([name, values, region]), async () => {
      try {
        return call.read(await patiently(() => place(() => ask(request)))) as T;
      } catch (error) {
        throw new Refused(name, error);
      }
    });
  }

  const look: Look = {
    ...means,
    command: (words) =>
      `npm run ${words}${local ? '' : `${words.includes(' -- ') ? '' : ' --'} --stage ${settings.stage}`}`,
    aws,
    async pages<T>(name: CallName, values: Values, { list, token: [next, from] }: Paged) {
      const found: T[] = [];
      const tokens = new Set<string>();
      let token: string | undefined;
      do {
        const page = await aws<Record<string, unknown>>(name, token ? { ...values, [from]: token } : values);
        // An empty list of XML is an empty text.
        found.push(...((typeof list === 'string' ? page[list] || [] : list(page)) as T[]));
        token = (page[next] as string | null | undefined) || undefined;
        // The same page would answer for ever, and from memory.
        if (token && tokens.has(token)) throw new Refused(name, new Error('the pages of the answer do not end'));
        if (token) tokens.add(token);
      } while (token);
      return found;
    },
    sql: (statement) =>
      remember(statement, async () => {
        try {
          return await statement(await remember(means.database, means.database));
        } catch (error) {
          throw error instanceof Refused ? error : new Refused('database', error);
        }
      }),
    once: (read) => remember(read, () => read(look)),
  };
  return look;
}

/** A throttled call is sent again, as it changes nothing, ever later and with jitter. */
async function patiently<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      const passes = error instanceof Error && THROTTLED.test(error.name);
      if (!passes || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoff(tries, { first: 300, longest: 2_000 })));
    }
  }
}

/** Lets so many work at once; others wait for their turn. */
function places(free: number) {
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
