/**
 * The sockets of the local gateway. `localhost` is two addresses: RFC 6761 §6.3. Browsers and Node try ::1 first, so a
 * server at 127.0.0.1 alone would leave the issuer's name to whatever else listens at ::1.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gatewayAnswer } from './gateway-answer.ts';
import type { TlsFiles } from './tls-files.ts';

export interface Listeners {
  readonly port: number;
  /** Stops listening, lets requests under way end for a moment, and cuts the rest. */
  close(): Promise<void>;
}

/** API Gateway's quota for HTTP APIs: request line with headers, bytes. */
const LARGEST_HEAD = 10_240;

/** How long requests under way may take when the gateway closes, milliseconds. */
const FAREWELL = 2_000;

/** The errors of a machine without IPv6. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * The suites of TLS 1.2 that CloudFront's and API Gateway's policies keep and RFC 9325 §4.2 recommends, and those of
 * TLS 1.3 with the same ciphers.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/**
 * Listens at 127.0.0.1, and at ::1 where the machine has it, under one port.
 * @param port 0 takes one that is free at both
 * @throws Error of one line when the port is in use or cannot be opened
 */
export async function listenOnLoopback(
  { port, tls }: { readonly port: number; readonly tls?: TlsFiles },
  onRequest: RequestListener,
): Promise<Listeners> {
  for (let tries = port === 0 ? 10 : 1; ; tries--) {
    const first = newServer(tls, onRequest);
    await listen(first, port, '127.0.0.1');
    const taken = (first.address() as AddressInfo).port;
    const second = newServer(tls, onRequest);
    try {
      await listen(second, taken, '::1');
    } catch (error) {
      const { code = '' } = (error as Error).cause as NodeJS.ErrnoException;
      if (NO_SUCH_ADDRESS.includes(code)) return listeners(taken, [first]);
      await closeGently(first);
      if (code !== 'EADDRINUSE' || tries <= 1) throw error;
      continue;
    }
    return listeners(taken, [first, second]);
  }
}

function listeners(port: number, servers: readonly Server[]): Listeners {
  let closed: Promise<unknown> | undefined;
  return {
    port,
    async close() {
      closed ??= Promise.all(servers.map(closeGently));
      await closed;
    },
  };
}

function newServer(tls: TlsFiles | undefined, onRequest: RequestListener): Server {
  const server = tls
    ? createTlsServer({ ...tls, ciphers: CIPHERS, maxHeaderSize: LARGEST_HEAD }, onRequest)
    : createServer({ maxHeaderSize: LARGEST_HEAD }, onRequest);
  // Clients keep sockets for the next request; the default of 5 s could close a socket just as it is used again.
  server.keepAliveTimeout = 60_000;
  server.on('clientError', refuseMalformed);
  return server;
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, body } =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? gatewayAnswer(431, 'Request Header Fields Too Large')
      : gatewayAnswer(400, 'Bad Request');
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function closeGently(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), FAREWELL);
  await closed;
  clearTimeout(cut);
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'the port is in use' : message;
    const at = host.includes(':') ? `[${host}]` : host;
    throw new Error(`The gateway cannot listen on ${at}:${port}: ${reason}`, { cause: error });
  }
}
