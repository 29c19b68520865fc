/** What a route may answer: its successes, the problems of its kind, and its own problems. */
import type { Door } from '../../functions/contracts/http/door.ts';
import {
  ClientLogo,
  HtmlPage,
  OAuthError,
  PageFile,
  type Schema,
  StatusListToken,
} from '../../functions/contracts/http.ts';
import { oauthError } from '../../functions/domain/oauth-error.ts';
import { type ProblemCode, problems } from '../../functions/domain/problem.ts';
import type { Route } from '../service/routes/route.ts';
import type { Operation, Response } from './operation.ts';
import { referenceTo } from './schemas.ts';

/** The last two say the same, the latter to a client of the standard door (RFC 9470). */
const ofBearers = [
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'DPOP_PROOF_INVALID',
  'INSUFFICIENT_SCOPE',
  'REAUTHENTICATION_REQUIRED',
  'INSUFFICIENT_USER_AUTHENTICATION',
] as const satisfies readonly ProblemCode[];

/** Every problem that a row's route may answer. */
export function problemsOf({ auth, method, path, request, query, problems: own = [] }: Route): ProblemCode[] {
  const all: ProblemCode[] = [
    ...(request || query ? (['VALIDATION_ERROR'] as const) : []),
    ...(request ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(auth === 'bearer' ? ofBearers : []),
    ...(auth === 'session' ? (['SESSION_REQUIRED'] as const) : []),
    ...(auth === 'session' && method !== 'GET' ? (['FORBIDDEN'] as const) : []),
    ...(auth === 'client' ? (['CLIENT_INVALID'] as const) : []),
    ...(path.includes('{') ? (['RESOURCE_NOT_FOUND'] as const) : []),
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
    ...own,
  ];
  return [...new Set(all)];
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Puts equal problem responses of several operations into `components.responses`, which halves the document. */
export function shareResponses(paths: Paths): { operations: Paths; responses: Record<string, Response> } {
  const names = new Map<string, string>();
  const responses: Record<string, Response> = {};
  const share = (status: string, response: Response): Response => {
    if (Number(status) < 400) return response;
    const key = JSON.stringify(response);
    const alike = Object.keys(responses).filter((name) => name.startsWith(`Problem${status}`)).length;
    const name = names.get(key) ?? `Problem${status}${alike === 0 ? '' : `-${alike + 1}`}`;
    names.set(key, name);
    responses[name] = response;
    return { $ref: `#/components/responses/${name}` };
  };
  const operations = mapValues(paths, (methods) =>
    mapValues(methods, (operation) => ({
      ...operation,
      responses: mapValues(operation.responses, (response, status) => share(status, response)),
    })),
  );
  return { operations, responses };
}

const mapValues = <V, W>(object: Readonly<Record<string, V>>, map: (value: V, key: string) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

/** The responses by status, which is OpenAPI's key. */
export function responsesOf(route: Route): Record<string, Response> {
  const codes = Map.groupBy(problemsOf(route), (code) => statusOf(route, code));
  // The gateway itself refuses too many requests, a missing signature, a large body, and answers when a function fails.
  const byGateway = [429, 500, 503, ...(route.auth === 'iam' ? [403] : []), ...(route.request ? [413] : [])];
  const statuses = [...new Set([...codes.keys(), ...byGateway])].sort((a, b) => a - b);
  return {
    ...mapValues(route.answers, (schema, status) => success(Number(status), schema, route)),
    ...(route.etag ? { 304: { description: 'The document is the one that the caller has.', headers: caching } } : {}),
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        problem(route, status, codes.get(status) ?? [], { byGateway: byGateway.includes(status) }),
      ]),
    ),
  };
}

const header = (name: string) => ({ [name]: { $ref: `#/components/headers/${name}` } });
const caching = { ...header('ETag'), ...header('Cache-Control') };
const everywhere = header('X-Correlation-ID');

function success(status: number, schema: Schema | null, { etag }: Pick<Route, 'etag'>): Response {
  const redirects = status >= 300;
  return {
    description: redirects ? 'Look there.' : (descriptions[status] ?? 'Done.'),
    headers: { ...everywhere, ...(redirects ? header('Location') : etag ? caching : {}) },
    ...(schema === null
      ? {}
      : { content: Object.fromEntries(typesOf(schema).map((type) => [type, { schema: referenceTo(schema) }])) }),
  };
}

function typesOf(schema: Schema): readonly string[] {
  if (schema === PageFile) return ['text/css', 'image/svg+xml', 'image/png'];
  if (schema === ClientLogo) return ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'];
  if (schema === StatusListToken) return ['application/statuslist+jwt'];
  return [schema === HtmlPage ? 'text/html' : 'application/json'];
}

const descriptions: Readonly<Record<number, string>> = {
  202: 'Accepted; it will be done.',
  204: 'Done; the answer is empty.',
};

/** A proof that is not right is 400 where tokens are given, and 401 where they are taken (functions/http/token-route.ts). */
function statusOf({ door, auth }: Pick<Route, 'door' | 'auth'>, code: ProblemCode): number {
  const [status] = problems[code];
  return door === 'oauth' && !(auth === 'bearer' && status === 401) ? oauthError(code)[0] : status;
}

function problem(
  { door = 'json' }: Pick<Route, 'door'>,
  status: number,
  codes: readonly ProblemCode[],
  { byGateway }: { readonly byGateway: boolean },
): Response {
  const titles = codes.map((code) => `${problems[code][1]} (\`${code}\`)`);
  return {
    description: [...titles, ...(byGateway ? ['Refused by the gateway'] : [])].join('; '),
    headers: {
      ...(byGateway ? {} : everywhere),
      ...(status === 401 && door !== 'page' ? header('WWW-Authenticate') : {}),
      ...(status === 405 ? header('Allow') : {}),
      ...(status === 429 || status === 503 ? header('Retry-After') : {}),
      ...(codes.includes('RATE_LIMITED') ? { ...header('RateLimit'), ...header('RateLimit-Policy') } : {}),
    },
    content: {
      ...(codes.length > 0 ? said[door](status, codes) : {}),
      ...(byGateway ? { 'application/json': { schema: gatewaySchema(door, codes) } } : {}),
    },
  };
}

type Content = NonNullable<Response['content']>;

/** A problem in the door's format. */
const said: Readonly<Record<Door, (status: number, codes: readonly ProblemCode[]) => Content>> = {
  json: (status, codes) => ({
    'application/problem+json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/ProblemDocument' }],
        properties: { status: { const: status }, code: { enum: codes } },
      },
    },
  }),
  page: () => ({ 'text/html': { schema: referenceTo(HtmlPage) } }),
  oauth: (_, codes) => ({ 'application/json': { schema: oauthSchema(codes) } }),
};

const oauthSchema = (codes: readonly ProblemCode[]) => ({
  allOf: [referenceTo(OAuthError)],
  properties: { error: { enum: [...new Set(codes.map((code) => oauthError(code)[1]))] } },
});

/** The schema of the gateway's own answer; at the OAuth door, the function's answer has the same content type. */
function gatewaySchema(door: Door, codes: readonly ProblemCode[]): object {
  const schema = { $ref: '#/components/schemas/GatewayMessage' };
  return door === 'oauth' && codes.length > 0 ? { anyOf: [oauthSchema(codes), schema] } : schema;
}
