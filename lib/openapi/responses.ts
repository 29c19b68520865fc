/** What a route may answer: its success, and the problems of its kind and its own. */
import { HtmlPage, type Schema } from '../../functions/contracts/http.ts';
import { type ProblemCode, problems } from '../../functions/domain/problem.ts';
import type { Route } from '../service/routes/route.ts';
import type { Operation, Response } from './operation.ts';
import { referenceTo } from './schemas.ts';

/** Every problem that a row stands for. */
export function problemsOf({ auth, path, request, query, problems: own = [] }: Route): ProblemCode[] {
  const all: ProblemCode[] = [
    ...(request || query ? (['VALIDATION_ERROR'] as const) : []),
    ...(request ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(auth === 'bearer' ? (['TOKEN_INVALID', 'TOKEN_EXPIRED'] as const) : []),
    ...(path.includes('{') ? (['RESOURCE_NOT_FOUND'] as const) : []),
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
    ...own,
  ];
  return [...new Set(all)];
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Puts the problems that several operations answer alike into `components.responses`: that halves the document. */
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

/** By status, as OpenAPI keys them. */
export function responsesOf(route: Route): Record<string, Response> {
  const codes = Map.groupBy(problemsOf(route), (code): number => problems[code][0]);
  // Before any function runs, the gateway refuses: too many at once, no signature, too large, a function that broke.
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
      : { content: { [schema === HtmlPage ? 'text/html' : 'application/json']: { schema: referenceTo(schema) } } }),
  };
}

const descriptions: Readonly<Record<number, string>> = {
  202: 'Accepted; it will be done.',
  204: 'Done; the answer is empty.',
};

/** Whether the route answers people, and its problems too are pages. */
const isPage = ({ answers }: Pick<Route, 'answers'>) => Object.values(answers).includes(HtmlPage);

function problem(
  route: Pick<Route, 'answers'>,
  status: number,
  codes: readonly ProblemCode[],
  { byGateway }: { readonly byGateway: boolean },
): Response {
  const titles = codes.map((code) => `${problems[code][1]} (\`${code}\`)`);
  return {
    description: [...titles, ...(byGateway ? ['Refused by the gateway'] : [])].join('; '),
    headers: {
      ...(byGateway ? {} : everywhere),
      ...(status === 401 ? header('WWW-Authenticate') : {}),
      ...(status === 429 || status === 503 ? header('Retry-After') : {}),
      ...(codes.includes('RATE_LIMITED') ? { ...header('RateLimit'), ...header('RateLimit-Policy') } : {}),
    },
    content: {
      ...(codes.length > 0
        ? {
            'application/problem+json': {
              schema: {
                allOf: [{ $ref: '#/components/schemas/ProblemDocument' }],
                properties: { status: { const: status }, code: { enum: codes } },
              },
            },
          }
        : {}),
      ...(byGateway ? { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } } : {}),
      ...(isPage(route) && codes.length > 0 ? { 'text/html': { schema: referenceTo(HtmlPage) } } : {}),
    },
  };
}
