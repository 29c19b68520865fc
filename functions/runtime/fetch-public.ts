/**
 * Fetches what somebody else has named: a client's keys, its logo, a provider's document; or posts to where a client wants
 * to be told (S78). Only at public addresses: the name is resolved once, each address that it has is looked at, and the connection goes to one of those,
 * so that a name that changes its address meanwhile gains nothing (DNS rebinding). TLS still checks the name. No
 * redirect is followed, and bytes and time are bounded.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isPublicAddress } from '../domain/public-address.ts';
import { timeLeft } from './deadline.ts';

interface Bounds {
  /** Milliseconds in all: to resolve, to connect, to read. */
  readonly patience: number;
}

export interface FetchBounds extends Bounds {
  readonly mostBytes: number;
  /** For `Accept`. */
  readonly accept: string;
}

export interface Fetched {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** What could not be fetched, and why; for logs, and for whoever registered the address. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  /** Of its server, or of the way there: it may be had a moment later. */
  readonly isPassing: boolean;

  constructor(
    message: string,
    { isPassing = false, ...options }: ErrorOptions & { readonly isPassing?: boolean } = {},
  ) {
    super(message, options);
    this.isPassing = isPassing;
  }
}

interface Address {
  readonly address: string;
  readonly family: number;
}
/** As `dns.lookup` with `all`: every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** @throws FetchError for any answer but 200, or one that is too long */
export type FetchPublic = (uri: string, bounds: FetchBounds) => Promise<Fetched>;

/** Sends a form. @returns the answer's status, whatever it is; nothing else of it is read */
export type PostPublic = (uri: string, form: Readonly<Record<string, string>>, bounds: Bounds) => Promise<number>;

/**
 * @param allowed `host:port` of what may be anywhere and without TLS; for the local host alone
 * @param resolve handed in by tests
 */
export function fetchPublic(allowed?: ReadonlySet<string>, resolve?: Resolve): FetchPublic {
  const ask = guard(allowed, resolve);
  return (uri, { mostBytes, patience, accept }) =>
    ask(uri, patience, { headers: { accept, 'accept-encoding': 'identity' } }, async (response) => ({
      body: await bodyOf(response, mostBytes),
      contentType: response.headers['content-type'] ?? '',
      cacheControl: response.headers['cache-control'] ?? '',
    }));
}

/** As {@link fetchPublic}. */
export function postPublic(allowed?: ReadonlySet<string>, resolve?: Resolve): PostPublic {
  const ask = guard(allowed, resolve);
  return (uri, form, { patience }) => {
    const body = new URLSearchParams(form).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    };
    return ask(uri, patience, { method: 'POST', headers, body }, async ({ statusCode = 0 }) => statusCode);
  };
}

interface Asked {
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function guard(
  allowed: ReadonlySet<string> = new Set(),
  // Loaded when something is fetched: dns, http and https bring twenty of Node's modules, and a cold start needs none.
  resolve: Resolve = async (name) => (await import('node:dns/promises')).lookup(name, { all: true }),
) {
  async function addressFor(url: URL, isAllowed: boolean): Promise<Address> {
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(name);
    const found = family === 0 ? await resolve(name) : [{ address: name, family }];
    const [first] = found;
    if (!first) throw new FetchError(`${url.hostname} has no address`);
    // A name with a public and another address is no mistake that we should work around.
    const closed = found.find(({ address }) => !isPublicAddress(address));
    if (closed && !isAllowed) throw new FetchError(`${url.hostname} is at no public address`);
    return first;
  }

  return async <T>(uri: string, patience: number, asked: Asked, read: (response: IncomingMessage) => Promise<T>) => {
    const url = urlOf(uri);
    const isAllowed = allowed.has(url.host);
    if (url.protocol !== 'https:' && !(isAllowed && url.protocol === 'http:')) {
      throw new FetchError('only https: is fetched');
    }
    const signal = AbortSignal.timeout(Math.max(1, Math.min(patience, timeLeft())));
    try {
      const at = await within(signal, addressFor(url, isAllowed));
      const response = await answerOf(url, at, asked, signal);
      try {
        return await read(response);
      } finally {
        response.destroy();
      }
    } catch (error) {
      if (error instanceof FetchError) throw error;
      const reason = signal.aborted ? `no answer within ${patience} ms` : (error as Error).message;
      throw new FetchError(`${url.host}: ${reason}`, { cause: error, isPassing: true });
    }
  };
}

function urlOf(uri: string): URL {
  if (!URL.canParse(uri)) throw new FetchError('not an address to fetch from');
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') throw new FetchError('not an address to fetch from');
  return url;
}

/** A look-up cannot be called off, so it is left alone when time is up. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });

async function answerOf(url: URL, { address, family }: Address, { body, ...asked }: Asked, signal: AbortSignal) {
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request: ClientRequest = send(url, {
      signal,
      // A connection of an agent's pool may go to an address that was not looked at.
      agent: false,
      // Not resolved again: the socket gets the address that was looked at.
      lookup: (_name, options, found) =>
        options.all ? found(null, [{ address, family }]) : found(null, address, family),
      ...asked,
      headers: { ...asked.headers, 'user-agent': 'identity-service' },
    });
    request.once('response', resolve).once('error', reject).end(body);
  });
}

/** @throws FetchError for any answer but 200, or one that is too long, which is not read to its end */
async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    const isPassing = statusCode === 429 || Number(statusCode) >= 500;
    throw new FetchError(`answered ${statusCode}, not 200`, { isPassing });
  }
  // What is small here may be large when it is unpacked.
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new FetchError('answered in an encoding');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new FetchError(`answered more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new FetchError('the answer ended early');
  return Buffer.concat(chunks);
}
