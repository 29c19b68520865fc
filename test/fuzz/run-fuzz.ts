/** The runs: `test/fuzz/fuzz.test.ts` in full, `test/service/fuzz.test.ts` in short. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { formatsOf } from '../../lib/service/routes/route.ts';
import { routes } from '../../lib/service/routes.ts';
import type { Service } from '../support/service.ts';
import { jsonSchemaOf, textFields, valid } from './bodies.ts';
import { hostileStrings } from './hostile-strings.ts';
import { answerTo, checkAnswer, nothingLeftOpen, schemaOf, stateOf } from './oracle.ts';
import { anyRequest, type FuzzRequest, formOf, formType, jsonType, refusable } from './requests.ts';
import { createWorld, newActor, type World } from './world.ts';

/** At once; more would only wait for the machine. */
const AT_ONCE = 8;
const BATCH = 40;

export interface FuzzOptions {
  /** Requests in all, some more to end a batch. */
  readonly requests: number;
  readonly seed: number;
}

/** Any requests to any route, in batches. @returns how many were sent, by status */
export async function fuzzRoutes(service: Service, { requests, seed }: FuzzOptions): Promise<Record<string, number>> {
  const world = await createWorld(service);
  const counts: Record<string, number> = {};
  const any = fc.oneof(...routes.map((route) => anyRequest(route, service, world)));
  await inBatches(fc.array(any, { minLength: BATCH, maxLength: BATCH }), { requests, seed }, async (batch) => {
    await world.revive();
    await sendAll(service, batch, counts);
  });
  await nothingLeftOpen(service);
  return counts;
}

/** Requests that have to be refused: each is a 4xx, and after each batch every row of state is as before. */
export async function fuzzRefusals(service: Service, { requests, seed }: FuzzOptions): Promise<Record<string, number>> {
  const world = await createWorld(service);
  const counts: Record<string, number> = {};
  const refused = routes.flatMap((route) => refusable(route, service, world) ?? []);
  await inBatches(
    fc.array(fc.oneof(...refused), { minLength: BATCH, maxLength: BATCH }),
    { requests, seed },
    async (batch) => {
      const before = await stateOf(service);
      await sendAll(service, batch, counts, (request, status) => {
        expect(
          status,
          `${request.route.path} ${JSON.stringify(request.headers)} ${request.body}`,
        ).toBeGreaterThanOrEqual(400);
      });
      expect(await stateOf(service)).toBe(before);
    },
  );
  await nothingLeftOpen(service);
  return counts;
}

/** S35: hostile strings in each text field of each route; those who take no part find everything as it was. */
export async function fuzzTexts(service: Service, each: number): Promise<Record<string, number>> {
  const world = await createWorld(service);
  const bystanders = await Promise.all([newActor(service), newActor(service), newActor(service)]);
  const untouched = async () =>
    JSON.stringify([
      await schemaOf(service),
      await rowsOf(
        service,
        bystanders.map(({ userId }) => userId),
      ),
    ]);
  const before = await untouched();
  const counts: Record<string, number> = {};
  const strings = hostileStrings(each);

  for (const route of routes) {
    if (!route.request || (route.path === '/v1/auth/me' && route.method === 'DELETE')) continue;
    const schema = jsonSchemaOf(route.request);
    // What a client has in hand is in forms, and is not spent here.
    await world.reviveActors();
    for (const field of textFields(schema)) {
      // Nobody else sends these.
      await world.reviveOwner();
      const bodies = fc.sample(valid({ ...schema, required: Object.keys(schema.properties ?? {}) }, world), {
        numRuns: strings.length,
        seed: 1,
      });
      const isForm = !formatsOf(route).includes('json');
      const requests = strings.map((text, index) => ({
        route,
        path: pathFor(route.path, world),
        headers: {
          ...(isForm ? formType : jsonType),
          ...(route.auth === 'iam' ? service.iamHeaders : world.actors()[0].bearer),
        },
        body: (isForm ? formOf : JSON.stringify)(withField(bodies[index], field, text)),
      }));
      await sendAll(service, requests, counts);
      expect(await untouched(), `${route.method} ${route.path} ${field.join('.')}`).toBe(before);
    }
  }
  for (const person of bystanders) await person.loginAgain();
  await nothingLeftOpen(service);
  return counts;
}

export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

async function inBatches<T>(
  arbitrary: fc.Arbitrary<T>,
  { requests, seed }: FuzzOptions,
  work: (batch: T) => Promise<void>,
) {
  await fc.assert(fc.asyncProperty(arbitrary, work), {
    numRuns: Math.ceil(requests / BATCH),
    seed,
    // A smaller batch would meet another state; what failed shows itself.
    endOnFailure: true,
    asyncReporter: async ({ failed, errorInstance }) => {
      if (failed) throw errorInstance;
    },
  });
}

async function sendAll(
  service: Service,
  requests: readonly FuzzRequest[],
  counts: Record<string, number>,
  check: (request: FuzzRequest, status: number) => void = () => {},
): Promise<void> {
  const queue = requests.values();
  const sender = async () => {
    for (const request of queue) {
      const answer = await answerTo(service, request);
      counts[answer.status] = (counts[answer.status] ?? 0) + 1;
      checkAnswer(request, answer);
      check(request, answer.status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

const pathFor = (path: string, world: World) => {
  const [owner] = world.actors();
  return path.replace('{org_id}', owner.orgId).replace('{user_id}', owner.userId);
};

function withField(body: unknown, [first = '', ...rest]: readonly string[], text: string): unknown {
  if (Array.isArray(body)) return [text];
  const object = (body ?? {}) as Record<string, unknown>;
  return { ...object, [first]: rest.length === 0 ? text : withField(object[first], rest, text) };
}

async function rowsOf(service: Service, userIds: readonly string[]): Promise<unknown> {
  return service.sql(
    `
    select to_jsonb(u) as row from users u where user_id = any($1)
    union all
    select to_jsonb(s) from sessions s where user_id = any($1)
    union all
    select to_jsonb(m) from memberships m where user_id = any($1)
    union all
    select to_jsonb(o) from organizations o join memberships using (org_id) where user_id = any($1)
    union all
    select to_jsonb(t) from one_time_tokens t where user_id = any($1)
    order by row`,
    [userIds],
  );
}
