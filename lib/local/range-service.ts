/**
 * A local range service of breached passwords, like haveibeenpwned.com's: the client sends five digits of a SHA-1 and
 * receives every suffix of this range with its count, plus padding with count 0 if it asked for it.
 *
 * Source: https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RangeService {
  /** For the setting `breachedPasswordRangeUrl`. */
  readonly url: string;
  /** The requests received: path and headers, oldest first. */
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** From now on the service answers, answers with 503, or never answers. */
  behave(how: 'answer' | 'fail' | 'hang'): void;
  close(): Promise<void>;
}

const PADDED_TO = 800;

/** @param breached the passwords that it knows */
export async function startRangeService(breached: readonly string[], port = 0): Promise<RangeService> {
  const digests = breached.map((password) => createHash('sha1').update(password).digest('hex').toUpperCase());
  const requests: RangeService['requests'][number][] = [];
  let behaviour: Parameters<RangeService['behave']>[0] = 'answer';

  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    const prefix = /^\/range\/([0-9A-F]{5})$/i.exec(request.url ?? '')?.[1]?.toUpperCase();
    if (behaviour === 'hang') return;
    if (behaviour === 'fail') respond(response, 503, 'over capacity');
    else if (prefix === undefined) respond(response, 400, 'The hash prefix was not in a valid format');
    else respond(response, 200, rangeOf(prefix, digests, request.headers['add-padding'] === 'true'));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`,
    requests,
    behave(how) {
      behaviour = how;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function rangeOf(prefix: string, digests: readonly string[], padded: boolean): string {
  const known = digests.filter((digest) => digest.startsWith(prefix)).map((digest) => `${digest.slice(5)}:3`);
  const padding = Array.from({ length: padded ? PADDED_TO - known.length : 0 }, randomSuffix);
  return [...known, ...padding].sort().join('\r\n');
}

const randomSuffix = () => `${randomBytes(18).toString('hex').toUpperCase().slice(0, 35)}:0`;

function respond(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}
