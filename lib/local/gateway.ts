/** The local API Gateway: turns HTTP requests into payload 2.0 events for functions, and their results into answers. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionSpec } from '../service/functions.ts';
import {
  errorAnswer,
  failed,
  forbidden,
  type HttpAnswer,
  misdirected,
  notFound,
  toAnswer,
  tooLarge,
  unavailable,
} from './gateway-answer.ts';
import { type IamCaller, splitUrl, toEvent } from './gateway-event.ts';
import { listenOnLoopback } from './gateway-listeners.ts';
import { type RouteMatch, routeFinder } from './gateway-routes.ts';
import { ownHost } from './own-requests.ts';
import type { InvokeResult } from './runtime.ts';
import type { TlsFiles } from './tls-files.ts';

export type Invoke = (functionName: string, event: unknown) => Promise<InvokeResult>;

/** Undefined where it has nothing. @param origin by which the request was sent */
export type OwnPages = (method: string, path: string, origin: string) => Promise<HttpAnswer | undefined>;

export interface GatewayOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Serves https in place of http. */
  readonly tls?: TlsFiles;
  /** The names, besides those of loopback, under which it answers, in lower case. */
  readonly hostNames?: readonly string[];
  readonly functions: readonly FunctionSpec[];
  readonly now?: () => Date;
  /** The longest time to wait for a function, milliseconds. */
  readonly integrationTimeout?: number;
}

export interface Gateway {
  /** The issuer: by the name `localhost`, without a trailing slash. */
  readonly url: string;
  /**
   * From now on, requests go to the functions; before, the answer is 503.
   * @param ownPages what this machine has beside them, at addresses for which there is no route
   */
  serve(invoke: Invoke, ownPages?: OwnPages): void;
  /** Stops listening, lets requests under way end for a moment, and cuts the rest. */
  close(): Promise<void>;
}

/** API Gateway's quotas for HTTP APIs: payload (bytes); integration (milliseconds). */
const LARGEST_BODY = 10 * 1024 * 1024;
const LONGEST_INTEGRATION = 30_000;

/**
 * Takes the port and resolves when it listens.
 * @throws Error with the reason when the port is in use or cannot be opened.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { now = () => new Date(), integrationTimeout = LONGEST_INTEGRATION } = options;
  const isOurs = ownHost(options.hostNames ?? []);
  const findRoute = routeFinder(options.functions);
  let invoke: Invoke | undefined;
  let ownPages: OwnPages | undefined;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(11).toString('base64url');
    const answer = isOurs(request) ? await answerTo(request, requestId) : misdirected;
    response.writeHead(answer.status, {
      ...(answer.headers as Record<string, string | string[]>),
      // A browser remembers it for every port of a name: no other server at localhost could be opened by http then.
      ...(options.tls ? { 'strict-transport-security': 'max-age=0' } : {}),
      'apigw-requestid': requestId,
      ...(answer.status === 204 || answer.status === 304 ? {} : { 'content-length': Buffer.byteLength(answer.body) }),
    });
    response.end(answer.body);
  }

  async function answerTo(request: IncomingMessage, requestId: string): Promise<HttpAnswer> {
    if (!invoke) return unavailable;
    const [path] = splitUrl(request);
    // API Gateway has no 405: for a method that a path does not have, there is no route.
    const match = findRoute(request.method ?? 'GET', path);
    if (!match) return (await ownPages?.(request.method ?? 'GET', path, originOf(request))) ?? notFound;
    const caller = match.route.auth === 'iam' ? signer(request) : undefined;
    if (match.route.auth === 'iam' && !caller) return forbidden;
    const body = await readBody(request);
    if (!body) return tooLarge;
    return integrate(invoke, match, toEvent({ request, body, requestId, time: now() }, match, caller));
  }

  async function integrate(call: Invoke, match: RouteMatch, event: object): Promise<HttpAnswer> {
    const { promise: tooLong, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, integrationTimeout, undefined);
    try {
      const result = await Promise.race([call(match.functionName, event), tooLong]);
      if (!result) return unavailable;
      return result.ok ? toAnswer(result.result) : errorAnswer(result.error);
    } catch (error) {
      console.error('Local gateway:', error);
      return failed;
    } finally {
      clearTimeout(timer);
    }
  }

  const originOf = ({ headers }: IncomingMessage) => `${options.tls ? 'https' : 'http'}://${headers.host}`;

  const listeners = await listenOnLoopback(options, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      // No answer is due when the client has gone.
      if (!request.socket.destroyed) console.error('Local gateway:', error);
      request.socket.destroy();
    });
  });
  return {
    // As a URL shows it: without the port that its scheme has by default.
    url: new URL(`${options.tls ? 'https' : 'http'}://localhost:${listeners.port}`).origin,
    serve(callee, pages) {
      invoke = callee;
      ownPages = pages;
    },
    close: listeners.close,
  };
}

/** Undefined when larger than API Gateway takes; read to the end even so: a client that still sends sees no answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= LARGEST_BODY) chunks.push(chunk);
  }
  return length <= LARGEST_BODY ? Buffer.concat(chunks) : undefined;
}

/**
 * Any well-formed SigV4 signature passes, because there is no IAM on this machine to check it. Tests here can only show
 * that unsigned requests are refused (S41).
 */
function signer(request: IncomingMessage): IamCaller | undefined {
  const accessKey =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/[\w-]+\/execute-api\/aws4_request, ?SignedHeaders=[\w;-]+, ?Signature=[0-9a-f]{64}$/.exec(
      request.headers.authorization ?? '',
    )?.[1];
  return accessKey === undefined ? undefined : { accessKey };
}
