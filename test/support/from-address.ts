/** Requests from another client address: all of 127.0.0.0/8 is this machine, so a source can be chosen. */
import { request } from 'node:http';
import type { Answer } from './service.ts';

/** Sends the body as JSON. */
export function postFrom(
  address: string,
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): Promise<Pick<Answer, 'status' | 'body'> & { headers: Readonly<Record<string, string | string[] | undefined>> }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof postFrom>>>();
  const sent = request(
    url,
    {
      method,
      localAddress: address,
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
    },
    async (response) => {
      const text = await response.setEncoding('utf8').reduce((all, part) => all + part, '');
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: text === '' ? '' : JSON.parse(text),
      });
    },
  );
  sent.on('error', reject);
  sent.end(JSON.stringify(body));
  return promise;
}

/** @returns at each call a client address below `network`, such as `127.3`, that no call before has returned */
export function clientsIn(network: string): () => string {
  let clients = 0;
  return () => `${network}.${Math.floor(++clients / 250)}.${(clients % 250) + 1}`;
}
