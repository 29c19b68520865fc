/**
 * The API description, OpenAPI 3.1, made from the route table and from the schemas that the functions themselves check
 * requests with. It is made when the functions are bundled, and served unchanged.
 *
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */
import { readFileSync } from 'node:fs';
import { mostBodyBytes } from '../../functions/contracts/http/body-limit.ts';
import { functionName } from '../service/functions.ts';
import { formatsOf } from '../service/routes/route.ts';
import { type Route, routes } from '../service/routes.ts';
import type { Operation, Response } from './operation.ts';
import { responsesOf, shareResponses } from './responses.ts';
import { namedSchemas, referenceTo } from './schemas.ts';

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly [kind: string]: object;
  };
  readonly [field: string]: unknown;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

interface OpenApiOptions {
  /** For tests: see {@link namedSchemas}. */
  readonly closed?: boolean;
  /** For tests: rows of their own. */
  readonly rows?: readonly Route[];
}

export function openApi({ closed = false, rows = routes }: OpenApiOptions = {}): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of rows) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operation(route, operationId(route, rows)),
    };
  }
  // A query's members are described as parameters.
  const schemas = Object.fromEntries(
    Object.entries(namedSchemas({ closed })).filter(([name]) => !name.endsWith('Query')),
  );
  const { operations, responses } = shareResponses(paths);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Identity service',
      version,
      description:
        'Accounts, sessions, access tokens, organisations. Every error under /v1 is a problem document (RFC 9457) with a stable `code`.',
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.values(tags).map(([name, description]) => ({ name, description })),
    paths: operations,
    components: { responses, ...usedComponents({ operations, responses }, { ...schemas, GatewayMessage }) },
  };
}

/** Keeps only components that a route refers to: others would describe what the service does not have. */
function usedComponents(document: object, schemas: Readonly<Record<string, object>>) {
  const named = (kind: string, text: string) =>
    new Set([...text.matchAll(new RegExp(`"#/components/${kind}/([^"]+)"`, 'g'))].map(([, name]) => name));
  const pick = (members: Readonly<Record<string, object>>, isUsed: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => isUsed(name)));
  const text = JSON.stringify(document);
  // Schemas refer to other schemas.
  const used = named('schemas', text);
  for (const name of used) for (const other of named('schemas', JSON.stringify(schemas[name ?? '']))) used.add(other);
  const headers = named('headers', text);
  return {
    schemas: pick(schemas, (name) => used.has(name)),
    headers: pick(components.headers, (name) => headers.has(name)),
    parameters: components.parameters,
    securitySchemes: pick(components.securitySchemes, (name) => text.includes(`{"${name}":[]}`)),
  };
}

const tags = {
  '/v1/auth': ['auth', 'Accounts, passwords, sessions.'],
  '/v1/orgs': ['organizations', 'Organisations, their members and invitations.'],
  '/v1/admin': ['administration', 'Support actions; they need the platform role `admin`.'],
  '': ['service', 'Keys, descriptions, and the pages behind mailed links.'],
} as const;

/** The function's name, plus the method if the function has several routes, and the path's last part if it has several. */
function operationId({ entry, method, path }: Route, rows: readonly Route[]): string {
  const ofFunction = rows.filter((row) => row.entry === entry);
  if (ofFunction.length === 1) return functionName(entry);
  const isOnly = ofFunction.filter((row) => row.method === method).length === 1;
  const part = isOnly ? [] : [path.split('/').at(-1)?.replace(/\W/g, '')];
  return [functionName(entry), ...part, method.toLowerCase()].join('-');
}

function operation(route: Route, operationId: string): Operation {
  const { auth, path, summary } = route;
  const [tag] = Object.entries(tags).find(([prefix]) => path.startsWith(prefix))?.[1] ?? tags[''];
  return {
    operationId,
    summary,
    tags: [tag],
    security: auth === 'none' ? [] : [{ [auth]: [] }],
    parameters: [{ $ref: '#/components/parameters/CorrelationId' }, ...pathParameters(path), ...queryParameters(route)],
    ...requestBody(route),
    responses: responsesOf(route),
  };
}

const pathParameters = (path: string): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    // Clients have names, and pages too.
    schema: { type: 'string', ...(/_id$/.test(name ?? '') && name !== 'client_id' ? { format: 'uuid' } : {}) },
  }));

function queryParameters({ query }: Route): object[] {
  if (!query) return [];
  const name = referenceTo(query).$ref.split('/').at(-1) ?? '';
  const { properties = {}, required = [] } = namedSchemas()[name] ?? {};
  return Object.entries(properties).map(([parameter, { description, ...schema }]) => ({
    name: parameter,
    in: 'query',
    required: required.includes(parameter),
    ...(description ? { description } : {}),
    schema,
  }));
}

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

function requestBody(route: Route): object {
  const { request } = route;
  if (!request) return {};
  // A request whose every field may be left out may leave out the body too.
  const required = !request.safeParse({}).success;
  const content = Object.fromEntries(
    formatsOf(route).map((kind) => [mediaTypes[kind], { schema: referenceTo(request) }]),
  );
  return { requestBody: { description: `At most ${mostBodyBytes(request)} bytes.`, required, content } };
}

/** API Gateway's own answers. */
const GatewayMessage = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] };

const headerOf = (description: string, schema: object = { type: 'string' }) => ({ description, schema });

const components = {
  parameters: {
    CorrelationId: {
      name: 'X-Correlation-ID',
      in: 'header',
      description: 'It is in the answer, in the logs and in every event that the request causes. Made if omitted.',
      schema: { type: 'string', format: 'uuid' },
    },
  },
  headers: {
    'X-Correlation-ID': headerOf("The request's, or one made for it.", { type: 'string', format: 'uuid' }),
    'WWW-Authenticate': headerOf('The scheme, and what was wrong with the token (RFC 6750 §3).'),
    Allow: headerOf('The methods that the path has.'),
    Location: headerOf('Where to look.'),
    'Retry-After': headerOf('Seconds.', { type: 'integer' }),
    RateLimit: headerOf('What is left of which limit, for how many seconds (draft-ietf-httpapi-ratelimit-headers-10).'),
    'RateLimit-Policy': headerOf('How many requests in how many seconds (draft-ietf-httpapi-ratelimit-headers-10).'),
    ETag: headerOf("The document's entity tag, for If-None-Match."),
    'Cache-Control': headerOf('How long the document may be kept.'),
  },
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token (RFC 9068); one that is bound to a key by `DPoP`, with a proof (RFC 9449).',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-identity',
      description: "A browser's session, of this service's own pages.",
    },
    client: { type: 'http', scheme: 'basic', description: 'An OAuth client (RFC 6749 §2.3.1), or by the form.' },
    iam: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'AWS Signature Version 4 for `execute-api`, by a role that may invoke the API.',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    },
  },
};
