/** HTTP to the service: JSON in and out, over Node's own client. */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { localhostToo } from './localhost.ts';
import { target } from './target.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed if it is JSON, else text. */
  // biome-ignore lint/suspicious/noExplicitAny: a test's assertions say what it expects of a body.
  readonly body: any;
}

type Headers = Readonly<Record<string, string>>;

/** @param body sent as it is if it is a string, otherwise as JSON */
export function send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
  const url = new URL(path, target.url);
  const content = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, {
    method,
    lookup: localhostToo,
    // Node itself does not send the length of a DELETE's body.
    headers: {
      ...(content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode = 0, headers: answered } = response;
      const isJson = /[/+]json\b/.test(answered['content-type'] ?? '');
      const parse = (body: string) => (isJson && body !== '' ? JSON.parse(body) : body);
      text(response).then((body) => resolve({ status: statusCode, headers: answered, body: parse(body) }), reject);
    });
    request.end(content);
  });
}

export const get = (path: string, headers?: Headers) => send('GET', path, undefined, headers);
export const post = (path: string, body?: unknown, headers?: Headers) => send('POST', path, body, headers);
export const put = (path: string, body?: unknown, headers?: Headers) => send('PUT', path, body, headers);
