/** A gateway of things, for tests: it records what its functions get, and tests set what they answer. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Gateway, startGateway } from '../../../lib/local/gateway.ts';
import type { InvokeResult } from '../../../lib/local/runtime.ts';
import type { Route } from '../../../lib/service/routes.ts';
import { functionSpec } from '../../support/function-files.ts';

const route = (method: Route['method'], path: Route['path'], over: Partial<Route> = {}): Route => ({
  method,
  path,
  summary: 'Anything',
  entry: 'functions/routes/any.ts',
  stack: 'documents',
  auth: 'none',
  throttle: { rate: 1, burst: 1 },
  may: [],
  memory: 128,
  bundleKiB: 1,
  answers: { 200: null },
  ...over,
});
const routes = {
  'get-thing': route('GET', '/things/{id}'),
  'put-part': route('PUT', '/things/{thing_id}/parts/{part_id}'),
  'get-latest': route('GET', '/things/latest'),
  'make-thing': route('POST', '/things'),
  machine: route('POST', '/machine', { auth: 'iam' }),
};
export const functions = Object.entries(routes).map(([name, one]) =>
  functionSpec(name, {}, [{ kind: 'http', route: one }]),
);

export let gateway: Gateway;

/** Registers a gateway for the tests of a file. */
export function useGateway(): void {
  beforeAll(async () => {
    gateway = await startGateway({ port: 0, hostNames: ['api.example'], functions, integrationTimeout: 50 });
  });
  beforeEach(begin);
  afterAll(() => gateway.close());
}

const atFirst = () => ({
  /** The requests, each with its function. */
  invoked: [] as { name: string; event: APIGatewayProxyEventV2 }[],
  answer: (): Promise<InvokeResult> | InvokeResult => ({ ok: true, result: { statusCode: 204 } }),
});

/** The current state: a test sets what it needs. */
export const world = atFirst();

/** Resets the state. */
function begin(): void {
  Object.assign(world, atFirst());
  gateway.serve(async (name, event) => {
    world.invoked.push({ name, event: event as APIGatewayProxyEventV2 });
    return world.answer();
  });
}

export const call = (path: string, init?: RequestInit) => fetch(`${gateway.url}${path}`, init);

/** The event that the function got for a request. */
export async function eventOf(path: string, init?: RequestInit): Promise<APIGatewayProxyEventV2> {
  await call(path, init);
  const event = world.invoked[0]?.event;
  if (!event) throw new Error('no function was invoked');
  return event;
}

/** All bytes that come back for the bytes sent. */
export async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

export async function answered(result: unknown): Promise<Response> {
  world.answer = () => ({ ok: true, result });
  return call('/things/1');
}
