/**
 * What every route has around its function (middy): correlation id, log line, headers, and the problem said in the
 * language of its door. The kinds of route are beside it, a file each, so that a bundle holds its own kind alone:
 *
 * | made by | for | fails with | takes |
 * |---|---|---|---|
 * | publicRoute (route.ts) | anyone | problem details | JSON |
 * | bearerRoute (route.ts) | the bearer of an access token | problem details | JSON |
 * | pageRoute (page-route.ts) | people | a page | a form |
 * | sessionRoute (session-route.ts) | people who are signed in | a page | a form |
 * | clientRoute (client-route.ts) | OAuth clients | RFC 6749 §5.2 | a form |
 * | byMethod (by-method.ts) | several of these at one path | as the first | as each |
 */
import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2 as APIGatewayResult,
  Context,
} from 'aws-lambda';
import { validate as isUuid, v4 } from 'uuid';
import type * as z from 'zod/mini';
import { type Auth, type BodyFormat, type Door, usualFormats } from '../contracts/http/door.ts';
import type { Schema } from '../contracts/http.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { cutText } from '../domain/people-text.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { once, parseBody, validate } from './body.ts';
import { clientAddress, refuseBypass } from './client-address.ts';
import { readCookies } from './cookies.ts';
import { type Cors, corsHeaders } from './cors.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from './messages.ts';
import { readQuery } from './query.ts';

export type Awaitable<T> = T | Promise<T>;
type Optional = Schema | undefined;
type OutputOf<S> = S extends Schema ? z.output<S> : undefined;

/** What a route takes, in the words of its row. */
export interface Takes<B extends Optional, Q extends Optional> {
  readonly body?: B;
  /** Where it is not what the door usually takes. */
  readonly accepts?: readonly BodyFormat[];
  readonly query?: Q;
  /** Where it is not as the kind has it. */
  readonly cors?: Cors;
}

/** What a kind of route is, beside what one route of it takes. */
export interface Kind<Caller> {
  readonly auth: Auth;
  readonly door: Door;
  /** Says whatever was thrown; throws nothing itself. */
  readonly sayProblem: (thrown: unknown, request: RawRequest) => Awaitable<HttpAnswer>;
  /**
   * Finds out who calls, before anything else is looked at.
   * @param sent the body, parsed and not yet checked
   * @throws Problem for a caller that may not
   */
  readonly admit: (request: RawRequest, sent: () => unknown) => Awaitable<Caller>;
  /** Which other origins may read its answers (cors.ts). */
  readonly cors: Cors;
  /** Of a route for clients: whether an origin is one of the client's. */
  readonly isOriginOf?: (origin: string, caller: Caller) => boolean;
}

/** What the row says too, for the test that compares them. */
export interface Entrance {
  readonly auth: Auth;
  readonly door: Door;
  readonly accepts: readonly BodyFormat[];
  readonly body: Optional;
  readonly query: Optional;
}

export type LambdaHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayResult>;
export type RouteHandler = LambdaHandler & { readonly kind: Kind<unknown>; readonly entrance: Entrance };

export type Answerer<B extends Optional, Q extends Optional, Caller> = (
  request: HttpRequest<OutputOf<B>, OutputOf<Q>>,
  caller: Caller,
) => Awaitable<HttpAnswer>;

export function makeRoute<Caller, B extends Optional, Q extends Optional>(
  kind: Kind<Caller>,
  { body, query, accepts = usualFormats(kind.door), cors = kind.cors }: Takes<B, Q>,
  answer: Answerer<B, Q, Caller>,
): RouteHandler {
  const handler = middy<APIGatewayProxyEventV2, APIGatewayResult, Error, Invocation>()
    .use(correlate)
    .use(answerProblems(kind.sayProblem, cors))
    .handler(async (event, invocation) => {
      const { request } = invocation;
      refuseBypass(event);
      const sent = once(() => body && parseBody(event, body, accepts));
      const caller = await kind.admit(request, sent);
      const { isOriginOf } = kind;
      if (isOriginOf) invocation.isOfClient = (origin) => isOriginOf(origin, caller);
      const checked = {
        ...request,
        body: body && validate(body, sent()),
        query: query && readQuery(request, query),
      } as HttpRequest<OutputOf<B>, OutputOf<Q>>;
      return toResult(await answer(checked, caller), invocation, cors);
    });
  const entrance = { auth: kind.auth, door: kind.door, accepts: body ? accepts : [], body, query };
  return Object.assign(handler as unknown as LambdaHandler, { kind: kind as Kind<unknown>, entrance });
}

/** What the middleware puts beside Lambda's own context. */
type Invocation = Context & { request: RawRequest; isOfClient?: (origin: string) => boolean };
type Middleware = middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayResult, Error, Invocation>;

const logRequest: middy.MiddlewareFn<APIGatewayProxyEventV2, APIGatewayResult, Error, Invocation> = ({
  context,
  response,
}) => {
  const duration = Date.now() - context.request.context.now.getTime();
  log('info', 'request', { status: response?.statusCode, duration_ms: duration });
};

const correlate: Middleware = {
  before: ({ event, context }) => {
    setDeadline(context);
    context.request = rawRequest(event);
    setLogContext({
      correlation_id: context.request.context.correlationId,
      request_id: event.requestContext.requestId,
      route: event.routeKey,
    });
  },
  after: logRequest,
  // Middy runs these last first, so the answer to the problem is there by now.
  onError: logRequest,
};

function rawRequest(event: APIGatewayProxyEventV2): RawRequest {
  return {
    context: contextOf(event),
    method: event.requestContext.http.method,
    path: event.rawPath,
    pathParameters: event.pathParameters ?? {},
    search: new URLSearchParams(event.rawQueryString),
    cookies: readCookies(event.cookies),
    headers: event.headers,
  };
}

function contextOf(event: APIGatewayProxyEventV2): RequestContext {
  const { userAgent } = event.requestContext.http;
  const given = event.headers['x-correlation-id']?.toLowerCase() ?? '';
  return {
    // Anything but a UUID could begin a line of its own in a log (S37).
    correlationId: (isUuid(given) ? given : v4()) as CorrelationId,
    ipAddress: clientAddress(event),
    userAgent: (userAgent && cutText(userAgent, 500)) || null,
    now: new Date(),
  };
}

const answerProblems = (sayProblem: Kind<unknown>['sayProblem'], cors: Cors): Middleware => ({
  onError: async (request) => {
    const answer = await sayProblem(request.error, request.context.request);
    request.response = toResult(answer, request.context, cors);
  },
});

function toResult(
  { status, body, headers, cookies, isOfClient, ...rest }: HttpAnswer,
  invocation: Pick<Invocation, 'request' | 'isOfClient'>,
  cors: Cors,
): APIGatewayResult {
  const { context, headers: asked } = invocation.request;
  const shown = { status, isOfClient: isOfClient ?? invocation.isOfClient };
  return {
    statusCode: status,
    headers: {
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-correlation-id': context.correlationId,
      ...corsHeaders(cors, asked.origin, shown),
      ...headers,
    },
    ...(cookies?.length ? { cookies: [...cookies] } : {}),
    ...rest,
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? ''),
  };
}
