/** Requests to every route of the table, from such as it asks for to such as no honest client sends. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { formatsOf } from '../../lib/service/routes/route.ts';
import type { Route } from '../../lib/service/routes.ts';
import type { Service } from '../support/service.ts';
import { hostile, type JsonSchema, jsonSchemaOf, named, valid } from './bodies.ts';
import { hostileString } from './hostile-strings.ts';
import type { World } from './world.ts';

export interface FuzzRequest {
  readonly route: Route;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

type Draw<T> = fc.Arbitrary<T>;

/** Any request: a session or none, ids that exist or do not, a body that is right, at its bounds, or hostile. */
export function anyRequest(route: Route, service: Service, world: World): Draw<FuzzRequest> {
  return fc
    .record({
      path: pathOf(route, world),
      query: queryOf(route, world),
      headers: headersOf(route, service, world),
      body: bodyOf(route, world),
    })
    .map(({ path, query, headers, body }) => ({
      route,
      path: path + query,
      headers: { ...headers, ...body.headers },
      body: body.text,
    }));
}

/** A request that has to be refused: nothing may have changed after it. Null for a route that nothing is sent to. */
export function refusable(route: Route, service: Service, world: World): Draw<FuzzRequest> | null {
  const authorized = world.actors()[0].bearer;
  const refusals: Draw<Pick<FuzzRequest, 'headers' | 'body'>>[] = [];
  if (route.auth === 'bearer') {
    const body = route.request ? valid(jsonSchemaOf(route.request), world).map(json) : fc.constant(undefined);
    refusals.push(
      fc.record({
        headers: fc
          .constantFrom<Record<string, string>>({}, ...badAuthorizations)
          .map((one) => ({ ...jsonType, ...one })),
        body,
      }),
    );
  }
  if (route.auth === 'client' && route.request) {
    const { client_secret: _, client_assertion: __, ...properties } = jsonSchemaOf(route.request).properties ?? {};
    const body = valid({ ...jsonSchemaOf(route.request), properties }, world).map(formOf);
    const headers = fc.constantFrom(...badCredentials).map((one) => ({ ...formType, ...one }));
    refusals.push(fc.record({ headers, body }));
  }
  if (route.request && formatsOf(route).includes('json')) {
    const schema = jsonSchemaOf(route.request);
    const headers = route.auth === 'iam' ? service.iamHeaders : authorized;
    refusals.push(brokenBody(schema, world).map((body) => ({ headers: { ...jsonType, ...headers }, body })));
  }
  if (refusals.length === 0) return null;
  return fc
    .tuple(pathOf(route, world), fc.oneof(...refusals))
    .map(([path, { headers, body }]) => ({ route, path, headers, body: route.method === 'GET' ? undefined : body }));
}

export const jsonType = { 'content-type': 'application/json' };
export const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const json = (value: unknown): string => JSON.stringify(value);

const badAuthorizations = [
  { authorization: 'Bearer' },
  { authorization: 'Bearer a.b.c' },
  { authorization: 'Basic dXNlcjpwYXNzd29yZA==' },
  { authorization: `Bearer ${'A'.repeat(4000)}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiIxIn0.' },
];

/** Every way for a body to be none (S30). */
function brokenBody(schema: JsonSchema, world: World): Draw<string> {
  const good = valid(schema, world).map((value) => value as Record<string, unknown>);
  const inText = good.chain((body) =>
    fc.constantFrom(...(Object.keys(body).length > 0 ? Object.keys(body) : ['x'])).map((key) => ({ body, key })),
  );
  const filled = (raw: string) =>
    inText.map(
      ({ body, key }) =>
        `${json({ ...body, [key]: undefined }).slice(0, -1)}${Object.keys(body).length > 1 ? ',' : ''}${json(key)}:${raw}}`,
    );
  return fc.oneof(
    good.map((body) => json(body).slice(0, -1)),
    fc.constantFrom('', '[]', 'null', '1', '"text"', '{', '{"a":}', '\ufeff{}x', '{]}', 'a=b'),
    filled('"\\u0000"'),
    filled('"\\ud83d"'),
    filled(`${'['.repeat(40)}${']'.repeat(40)}`),
    inText.map(({ body, key }) => `{${json(key)}:1,${json({ [key]: 1, ...body }).slice(1)}`),
    good.map((body) => `{"__proto__":{"x":1},"y":${json(body)}}`),
    fc.constantFrom(...wrongTypes(schema)),
    fc.constant(json({ padding: 'x'.repeat(70_000) })),
  );
}

/** A body for each field, with something there that the field is not. */
function wrongTypes(schema: JsonSchema): string[] {
  const fields = Object.entries(schema.properties ?? {});
  const bodies = fields.flatMap(([key, { type, anyOf }]) => {
    const types = anyOf ? anyOf.map((one) => one.type) : [type];
    return [1, true, ['x'], { x: 1 }, 'x\u0000']
      .filter((value) => !types.includes(jsonTypeOf(value)) || value === 'x\u0000')
      .map((value) => json({ [key]: value }));
  });
  return bodies.length > 0 ? bodies : ['['];
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function pathOf(route: Route, world: World): Draw<string> {
  const segments = route.path.split('/').map((segment) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return fc.constant(segment);
    return fc.oneof(
      { weight: 4, arbitrary: named(name, { type: 'string', format: 'uuid' }, world) },
      {
        weight: 1,
        arbitrary: hostileString.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 600) || 'x'),
      },
    );
  });
  return fc.tuple(...segments).map((parts) => parts.join('/'));
}

function queryOf(route: Route, world: World): Draw<string> {
  if (!route.query) return fc.constantFrom('', '', '?a=b&a=c', '?%00=%00', '?=');
  const schema = jsonSchemaOf(route.query);
  return fc.oneof(valid(schema, world), hostile(schema, world)).map((value) => `?${formOf(value)}`.slice(0, 3000));
}

/** As a form has it: a list comes as often as it has members. */
export const formOf = (body: unknown): string =>
  new URLSearchParams(
    Object.entries(body as object).flatMap(([key, value]) =>
      [value].flat().map((one): [string, string] => [key, typeof one === 'string' ? one : json(one)]),
    ),
  ).toString();

/** What a browser sends with a form of ours, and what one of another site has. */
function atBrowser(service: Service, world: World): Draw<Record<string, string>> {
  const origins = fc.constantFrom(new URL(service.url).origin, 'https://other.example', 'null');
  return fc
    .tuple(fc.integer({ min: 0, max: 3 }), origins)
    .map(([kind, origin]) => ({ ...(kind > 0 ? { cookie: world.atClient().cookie } : {}), origin }));
}

const badCredentials = [
  { authorization: 'Basic' },
  { authorization: 'Basic Og==' },
  { authorization: 'Basic YmVuY2g6AA==' },
  { authorization: `Basic ${'A'.repeat(4000)}` },
];

function headersOf(route: Route, service: Service, world: World): Draw<Record<string, string>> {
  const session = fc.nat({ max: 2 }).map((index) => ({ ...world.actors()[index as 0 | 1 | 2].bearer }));
  const others = (...bad: Record<string, string>[]) => ({ weight: 1, arbitrary: fc.constantFrom({}, ...bad) });
  const asClient = fc.nat().map(() => ({ ...world.atClient().client.basic }) as Record<string, string>);
  const authorization: Draw<Record<string, string>> =
    route.auth === 'iam'
      ? fc.constantFrom<Record<string, string>>({ ...service.iamHeaders }, {})
      : route.auth === 'client'
        ? fc.oneof({ weight: 2, arbitrary: asClient }, others(...badCredentials))
        : route.door === 'page'
          ? atBrowser(service, world)
          : fc.oneof({ weight: 4, arbitrary: session }, others(...badAuthorizations));
  return fc
    .tuple(authorization, fc.option(headerText), fc.option(fc.oneof(headerText, fc.constant(randomUUID()))))
    .map(([headers, userAgent, correlationId]) => ({
      ...headers,
      ...(userAgent === null ? {} : { 'user-agent': userAgent }),
      ...(correlationId === null ? {} : { 'x-correlation-id': correlationId }),
    }));
}

/** What a header can hold at all (RFC 9110 §5.5); the rest never leaves the client. */
const headerText = hostileString.map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 700));

function bodyOf(route: Route, world: World): Draw<{ text: string | undefined; headers: Record<string, string> }> {
  if (route.method === 'GET' || route.method === 'HEAD') return fc.constant({ text: undefined, headers: {} });
  const schema = route.request ? jsonSchemaOf(route.request) : { type: 'object' };
  const value = fc.oneof(
    { weight: 3, arbitrary: valid(schema, world) },
    { weight: 3, arbitrary: hostile(schema, world) },
  );
  const asJson = value.map((body) => ({ text: json(body), headers: jsonType }));
  const asForm = value.map((body) => ({
    text: formOf(body),
    headers: formType,
  }));
  const otherwise = fc
    .tuple(
      brokenBody(schema, world),
      fc.constantFrom(
        'application/json',
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data',
        'application/xml',
      ),
    )
    .map(([text, type]) => ({ text, headers: { 'content-type': type } }));
  const forms = formatsOf(route).includes('form');
  return fc.oneof(
    { weight: 8, arbitrary: asJson },
    { weight: forms ? 6 : 1, arbitrary: asForm },
    { weight: 2, arbitrary: otherwise },
  );
}
