/** The local AWS endpoint: all services behind one HTTP port, which the SDK finds through AWS_ENDPOINT_URL. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFromElsewhere, ownHost } from '../own-requests.ts';
import { createFaults, type FaultOrder, type Faults, strike } from './faults.ts';
import { type Answer, type Call, failure, parseInput, recognise, success, unknownOperation } from './protocol.ts';
import { AwsError, type AwsService } from './service.ts';

/** A request under `/_local/` or `/_aws/`, which AWS does not have. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface ControlAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | object;
}

export interface EndpointOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string;
  readonly services: readonly AwsService[];
  /** Answers the control requests that the endpoint does not answer itself; undefined means 404. */
  readonly control?: (request: ControlRequest) => Promise<ControlAnswer | undefined>;
}

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** The number of calls received, with and without a fault: `kms.Sign` → 3. */
  calls(): Record<string, number>;
  resetCalls(): void;
  /** Stops listening and cuts the open connections. */
  close(): Promise<void>;
}

/**
 * Starts the endpoint and resolves once it listens.
 * @throws Error with the reason when the port is in use or cannot be opened.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { host = '127.0.0.1', services, control } = options;
  const faults = createFaults(services);
  const counts = new Map<string, number>();
  const closing = new AbortController();
  const isOurs = ownHost([host]);

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      // No answer is due when the client has gone or the host stops.
      if (!request.socket.destroyed && !closing.signal.aborted) console.error('Local AWS endpoint:', error);
      request.socket.destroy();
    });
  });
  // Clients keep sockets for the next call; the default of 5 s could close a socket just as it is used again.
  server.keepAliveTimeout = 120_000;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Checked before the body is read: a page of another site may send more than this machine's memory holds.
    const answer = refusalOf(request) ?? (await answerTo(request));
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else request.socket.destroy();
  }

  async function answerTo(request: IncomingMessage): Promise<Answer | undefined> {
    const body = await bodyOf(request);
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/', query = ''] = url.split('?', 2);
    if (/^\/_(local|aws)\//.test(path)) {
      return controlAnswer({ method, path, query: new URLSearchParams(query), body });
    }
    const call = recognise(method, path, headers);
    return callAnswer(call, () => (call.protocol === 's3' ? { method, path, query, headers, body } : parseInput(body)));
  }

  /** Refuses pages of other origins, and requests that name another server (S73). */
  function refusalOf(request: IncomingMessage): Answer | undefined {
    if (!isOurs(request)) return refused(421, 'This server only answers under the names of this machine');
    return isFromElsewhere(request) ? refused(403, 'Pages of other origins may not call this server') : undefined;
  }

  /** Undefined when a fault cuts the connection. */
  async function callAnswer(call: Call, input: () => object): Promise<Answer | undefined> {
    const requestId = randomUUID();
    try {
      const output = await perform(call, input);
      return output && success(call, output, requestId);
    } catch (error) {
      closing.signal.throwIfAborted();
      if (error instanceof AwsError) return failure(call, error, requestId);
      console.error(`Local AWS endpoint, ${call.service}.${call.operation}:`, error);
      return failure(call, new AwsError('InternalFailure', 'The local service failed; see its log', 500), requestId);
    }
  }

  async function perform(call: Call, input: () => object): Promise<object | undefined> {
    const service = services.find((one) => one.id === call.service);
    const operation =
      service && Object.hasOwn(service.operations, call.operation) ? service.operations[call.operation] : undefined;
    if (!service || !operation) throw unknownOperation(call);

    const name = `${service.id}.${call.operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);

    const fault = faults.take(service.id, call.operation);
    if (fault && !fault.after && (await strike(fault, closing.signal))) return undefined;
    const output = await operation(input());
    if (fault?.after && (await strike(fault, closing.signal))) return undefined;
    return output;
  }

  async function controlAnswer(request: ControlRequest): Promise<Answer> {
    const { status, headers, body } = (await ownAnswer(request)) ??
      (await control?.(request).catch(controlFailure)) ?? {
        status: 404,
        body: { message: `Nothing at ${request.method} ${request.path}` },
      };
    return typeof body === 'string'
      ? { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
      : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  }

  async function ownAnswer({ method, path, body }: ControlRequest): Promise<ControlAnswer | undefined> {
    switch (`${method} ${path}`) {
      case 'POST /_local/faults':
        try {
          faults.order(parseInput(body) as FaultOrder);
        } catch (error) {
          return { status: 400, body: { message: (error as Error).message } };
        }
        return { status: 201, body: { faults: faults.list() } };
      case 'DELETE /_local/faults':
        faults.clear();
        return { status: 200, body: { faults: [] } };
      case 'GET /_local/faults':
        return { status: 200, body: { faults: faults.list() } };
      case 'DELETE /_local/calls':
        counts.clear();
        return { status: 200, body: { calls: {} } };
      case 'GET /_local/calls':
        return { status: 200, body: { calls: Object.fromEntries(counts) } };
      default:
        return undefined;
    }
  }

  const port = await listen(server, options.port, host);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    faults,
    calls: () => Object.fromEntries(counts),
    resetCalls: () => counts.clear(),
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const refused = (status: number, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

/** Node's own consumer makes a Blob of the body first: half of the cost of a small request. */
const bodyOf = (request: IncomingMessage) =>
  new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });

function controlFailure(error: unknown): ControlAnswer {
  console.error('Local AWS endpoint:', error);
  return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'the port is in use' : message;
    throw new Error(`The local AWS endpoint cannot listen on ${host}:${port}: ${reason}`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}
