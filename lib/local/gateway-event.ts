/**
 * The event that API Gateway makes of an HTTP request for a function.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { decoded, type RouteMatch } from './gateway-routes.ts';

export interface Received {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly requestId: string;
  readonly time: Date;
}

/** The identity that signed the request, for a route with IAM authorisation. */
export interface IamCaller {
  readonly accessKey: string;
}

const ACCOUNT_ID = '000000000000';
const API_ID = 'local';

export function toEvent(received: Received, match: RouteMatch, caller?: IamCaller): APIGatewayProxyEventV2 {
  const { request, body, requestId, time } = received;
  const [path = '/', rawQueryString = ''] = splitUrl(request);
  const { cookie, ...headers } = joinHeaders(request.headersDistinct);
  const method = request.method ?? 'GET';
  const routeKey = `${match.route.method} ${match.route.path}`;
  const domainName = (request.headers.host ?? '').replace(/:\d+$/, '');
  // HTTP APIs, unlike REST APIs, pass the decoded path.
  const rawPath = decoded(path);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookiesOf(request) }),
    headers: { ...headers, ...forwarded(request) },
    ...(rawQueryString === '' ? {} : { queryStringParameters: queryOf(rawQueryString) }),
    ...(match.pathParameters ? { pathParameters: match.pathParameters } : {}),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: API_ID,
      ...(caller ? { authorizer: { iam: { accountId: ACCOUNT_ID, accessKey: caller.accessKey } } } : {}),
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIp(request),
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(time),
      timeEpoch: time.getTime(),
    },
    ...bodyOf(body, request.headers),
  };
}

/** Path and query, not decoded. */
export function splitUrl(request: IncomingMessage): [path: string, query: string] {
  const url = request.url ?? '/';
  // The host in a proxy's absolute form (RFC 9112 §3.2.2) does not matter here.
  const target = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Several values of one name are joined by commas. */
function joinHeaders(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values.join(',')]));
}

/** A comma does not separate cookies: it may be part of a value, and the text after it is no cookie of the browser. */
const cookiesOf = ({ headers }: IncomingMessage) => (headers.cookie ?? '').split(/;\s*/).filter(Boolean);

/** The client's own X-Forwarded-For stays in front; no code may trust this part (S11). */
function forwarded(request: IncomingMessage): Record<string, string> {
  const before = request.headersDistinct['x-forwarded-for'] ?? [];
  return {
    'x-forwarded-for': [...before, sourceIp(request)].join(', '),
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': request.socket instanceof TLSSocket ? 'https' : 'http',
  };
}

/** A dual-stack socket shows an IPv4 client as `::ffff:127.0.0.1`. */
const sourceIp = (request: IncomingMessage) => (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');

function queryOf(query: string): Record<string, string> {
  const values = Map.groupBy(new URLSearchParams(query), ([name]) => name);
  return Object.fromEntries([...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value).join(',')]));
}

/** The body is text if the content type says so, else base64; a form counts as binary. */
function bodyOf(body: Buffer, headers: IncomingHttpHeaders): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = headers['content-encoding'] === undefined && isTextType(headers['content-type'] ?? 'text/plain');
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

const isTextType = (contentType: string) =>
  /^\s*(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i.test(contentType);

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
