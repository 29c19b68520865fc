/** The load's HTTP client: one connection, kept alive, one request at a time, with almost no work of its own. */
import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Connection {
  /** @throws Error when the answer is not the expected one: figures of refusals would be worthless */
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  /** How often. */
  answered(): number;
  close(): void;
}

interface SendOptions {
  /** Sent as JSON. */
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** 200 by default. */
  readonly expect?: number;
}

export function connect(url: string): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(url);
  let answered = 0;
  return {
    answered: () => answered,
    send: (method, path, { body, form, headers = {}, expect = 200 } = {}) =>
      new Promise((resolve, reject) => {
        const text = form ? new URLSearchParams(form).toString() : body && JSON.stringify(body);
        const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
        const content = text ? { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) } : {};
        const sent = request({ agent, hostname, port, method, path, headers: { ...content, ...headers } }, (answer) => {
          let received = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => {
            received += chunk;
          });
          answer.on('end', () => {
            const status = answer.statusCode ?? 0;
            answered++;
            if (status === expect) resolve({ status, headers: answer.headers, body: received });
            else reject(new Error(`${method} ${path} answered ${status}: ${received}`));
          });
          answer.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(text);
      }),
    close: () => agent.destroy(),
  };
}
