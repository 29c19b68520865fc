/**
 * The middleware that every route has (middy): correlation id, problem details, headers; then what it asks for: body,
 * bearer token. A route file calls {@link publicRoute} or {@link bearerRoute} with its function, and that is all.
 */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { validate as isUuid, v4 } from 'uuid';
import type * as z from 'zod/mini';
import type { Schema } from '../contracts/http.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { cutText } from '../domain/people-text.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { type BodyOptions, readBody } from './body.ts';
import { clientAddress, refuseBypass } from './client-address.ts';
import type { HttpAnswer, HttpRequest } from './messages.ts';
import { problemAnswer } from './problem-details.ts';

type Awaitable<T> = T | Promise<T>;
type BodyOf<S> = S extends Schema ? z.output<S> : undefined;
interface RouteOptions<S extends Schema | undefined> extends BodyOptions {
  readonly body?: S;
}

/** A route that anyone may call. */
export function publicRoute<S extends Schema | undefined = undefined>(
  options: RouteOptions<S>,
  answer: (request: HttpRequest<BodyOf<S>>) => Awaitable<HttpAnswer>,
) {
  return route((event, context) => answer(requestOf(event, context, options)));
}

/**
 * A route for the bearer of an access token (RFC 6750).
 * @param authenticate verifies the Authorization header, or throws TOKEN_INVALID or TOKEN_EXPIRED: http/authenticate.ts
 */
export function bearerRoute<S extends Schema | undefined = undefined>(
  authenticate: (authorization: string | undefined, now: Date) => Promise<AccessClaims>,
  options: RouteOptions<S>,
  answer: (request: HttpRequest<BodyOf<S>>, caller: AccessClaims) => Awaitable<HttpAnswer>,
) {
  return route(async (event, context) => {
    const caller = await authenticate(event.headers.authorization, context.now);
    return answer(requestOf(event, context, options), caller);
  });
}

function requestOf<S extends Schema | undefined>(
  event: APIGatewayProxyEventV2,
  context: RequestContext,
  { body: schema, ...options }: RouteOptions<S>,
): HttpRequest<BodyOf<S>> {
  return {
    context,
    body: (schema ? readBody(event, schema, options) : undefined) as BodyOf<S>,
    pathParameters: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers: event.headers,
  };
}

/** What the middleware puts beside Lambda's own context. */
type Invocation = Context & { request: RequestContext };
type Middleware = middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Invocation>;

function route(answer: (event: APIGatewayProxyEventV2, context: RequestContext) => Awaitable<HttpAnswer>) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Invocation>()
    .use(correlate)
    .use(answerProblems)
    .handler(async (event, { request }) => {
      refuseBypass(event);
      return toResult(await answer(event, request), request);
    });
}

const logRequest: middy.MiddlewareFn<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Invocation> = ({
  context,
  response,
}) => {
  const duration = Date.now() - context.request.now.getTime();
  log('info', 'request', { status: response?.statusCode, duration_ms: duration });
};

const correlate: Middleware = {
  before: ({ event, context }) => {
    setDeadline(context);
    const { http, requestId } = event.requestContext;
    const given = event.headers['x-correlation-id']?.toLowerCase() ?? '';
    context.request = {
      // Anything but a UUID could be a line of its own in somebody's log (S37).
      correlationId: (isUuid(given) ? given : v4()) as CorrelationId,
      ipAddress: clientAddress(event),
      userAgent: (http.userAgent && cutText(http.userAgent, 500)) || null,
      now: new Date(),
    };
    setLogContext({
      correlation_id: context.request.correlationId,
      request_id: requestId,
      route: event.routeKey,
    });
  },
  after: logRequest,
  // Middy runs these last first, so the answer to the problem is there by now.
  onError: logRequest,
};

const answerProblems: Middleware = {
  onError: (request) => {
    const { request: context } = request.context;
    request.response = toResult(problemAnswer(request.error, context.correlationId), context);
  },
};

function toResult({ status, body, headers }: HttpAnswer, context: RequestContext): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-correlation-id': context.correlationId,
      ...headers,
    },
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? ''),
  };
}
