/**
 * A row of the route table and the function that serves it agree: who may call, how it answers, what it accepts. So the
 * row is the only source, and no function has to load it at a cold start.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Schema } from '../../../functions/contracts/http.ts';
import type { Entrance } from '../../../functions/http/core.ts';
import { repoRoot } from '../../../lib/build/folders.ts';
import { parseSettings, settingsJson } from '../../../lib/service/config.ts';
import { environmentOf, type Resources } from '../../../lib/service/environment.ts';
import { functions } from '../../../lib/service/functions.ts';
import { formatsOf } from '../../../lib/service/routes/route.ts';
import { routes } from '../../../lib/service/routes.ts';

const resources: Resources = {
  settings: settingsJson(parseSettings({ stage: 'test' }).service),
  issuer: 'https://identity.example',
  stage: 'test',
  database: { clusterArn: 'cluster', name: 'identity', ownerSecretArn: 'owner', applicationSecretArn: 'application' },
  account: 'arn:aws:iam::000000000000:root',
  eventBusName: 'identity-test',
  clientSecretArns: {},
  secretArns: new Proxy({} as Resources['secretArns'], { get: (_, name) => String(name) }),
};

beforeAll(() => {
  // Nothing listens there: a function must tolerate that its first fetches fail.
  const aws = { AWS_REGION: 'eu-north-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  for (const variables of [...functions.map((spec) => environmentOf(spec, resources)), aws, credentials]) {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  }
});
// A worker's files share their modules: what these know of this environment goes with it.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The entrance of a function with one route, or the one for the method. */
async function entranceOf(entry: string, method: string): Promise<Entrance> {
  const { handler } = (await import(join(repoRoot, entry))) as {
    handler: { readonly entrance?: Entrance; readonly entrances?: Readonly<Record<string, Entrance>> };
  };
  const entrance = handler.entrance ?? handler.entrances?.[method];
  if (!entrance) throw new Error(`${entry} is not made by functions/http`);
  return entrance;
}

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  it('is served as its row says', async () => {
    const { auth, door = 'json', request, query } = route;
    const { body: ownBody, query: ownQuery, ...entrance } = await entranceOf(route.entry, route.method);
    // The gateway checks a signature, not the function.
    expect(entrance).toEqual({ auth: auth === 'iam' ? 'none' : auth, door, accepts: formatsOf(route) });
    expect(isThat(ownBody, request)).toBe(true);
    expect(isThat(ownQuery, query)).toBe(true);
  });
});

interface Def {
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  /** Of what may be left out. */
  readonly innerType?: Schema;
  readonly checks?: readonly unknown[];
}
const defOf = (schema: Schema) => schema._zod.def as Def;

/** The row's schema; or one with the same fields, if a list has further checks of the stage (its role names). */
function isThat(own: Schema | undefined, ofRow: Schema | undefined): boolean {
  if (own === ofRow || !own || !ofRow) return own === ofRow;
  const [ownFields, fields] = [defOf(own).shape ?? {}, defOf(ofRow).shape ?? {}];
  return (
    Object.keys(fields).length > 0 &&
    Object.keys(ownFields).sort().join() === Object.keys(fields).sort().join() &&
    Object.entries(fields).every(([name, field]) => isNarrowed(ownFields[name] as Schema, field))
  );
}

function isNarrowed(own: Schema, field: Schema): boolean {
  if (own === field) return true;
  const [narrowed, stated] = [defOf(own), defOf(field)];
  if (narrowed.innerType && stated.innerType) return isNarrowed(narrowed.innerType, stated.innerType);
  if (stated.shape) return isThat(own, field);
  const checks = new Set(narrowed.checks);
  return (
    stated.element !== undefined &&
    narrowed.element === stated.element &&
    !!stated.checks?.every((one) => checks.has(one))
  );
}

it('finds a schema that only looks like the row’s', () => {
  const fields = { a: z.string() };
  const row = z.object(fields);
  expect(
    [row, z.object({ a: z.string() }), z.object({ ...fields, b: z.string() }), undefined].map((own) =>
      isThat(own, row),
    ),
  ).toEqual([true, false, false, false]);
});
