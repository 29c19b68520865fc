import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { v4 } from 'uuid';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleFunctions, repoRoot } from '../../lib/build/bundle.ts';
import type { FunctionSpec } from '../../lib/service/functions.ts';
import { newEmail } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { withoutConsumers } from '../support/without-consumers.ts';

const registered = 'huleedu.identity.user.registered.v1';
const examples = join(import.meta.dirname, '../examples');

/** The row that another service would have in its table of functions. */
const counting: FunctionSpec = {
  name: 'count-registrations',
  entry: 'functions/../test/examples/count-registrations.ts',
  stack: 'events',
  triggers: [{ kind: 'events', patterns: [{ source: ['huleedu.identity'], 'detail-type': [registered] }] }],
  may: ['database'],
  memory: 256,
  timeout: 10,
  bundleKiB: 400,
};

let service: Service;
let bundles: string;

beforeAll(async () => {
  bundles = mkdtempSync(join(repoRoot, '.build', 'example-'));
  await bundleFunctions([counting], bundles);
  for (const name of readdirSync(inject('bundles'))) symlinkSync(join(inject('bundles'), name), join(bundles, name));
  service = await startService({ ...asDeployed, functions: [...withoutConsumers, counting], bundles });
  await service.sql(readFileSync(join(examples, 'count-registrations.sql'), 'utf8'));
  await service.sql('grant select, insert, update on registrations_by_day to identity_application');
});
afterAll(async () => {
  await service.stop();
  rmSync(bundles, { recursive: true });
});

const register = (headers: Record<string, string> = {}) =>
  service.post('/v1/auth/register', { email: newEmail(), password: 'correct horse battery staple' }, headers);

const relay = async () => {
  const outcome = await service.runJob('relay-outbox', { drain: true });
  await service.events.settled();
  return outcome;
};

const counted = async () => {
  const [row] = await service.sql('select coalesce(sum(registrations), 0)::integer as count from registrations_by_day');
  return row?.count;
};

const lines = (saying: string) =>
  service
    .logs()
    .filter(({ line }) => line.includes(saying))
    .map(({ line }) => JSON.parse(line));

describe('a consumer in another service', () => {
  it('has one effect for each event, however often the event comes', async () => {
    const before = await counted();
    await register();
    await register();
    expect(await relay()).toMatchObject({ relayed: 4 });
    // The state after a relay crashed between sending and marking.
    await service.sql('update event_outbox set published_at = null');
    expect(await relay()).toMatchObject({ relayed: 4 });
    expect(lines('copy ignored')).toHaveLength(2);
    expect(service.events.deadLetters()).toEqual([]);
    expect(await counted()).toBe(before + 2);
  });

  it('S61: accepts a registration only from this service, even if a rule lets others through', async () => {
    const before = await counted();
    const template = service.events.events().find(({ detail }) => detail.event_type === registered);
    const forged = { ...template, source: 'huleedu.billing', detail: { ...template?.detail, event_id: v4() } };
    const entry = { EventBusName: 'identity-local', Source: forged.source, DetailType: registered };
    await service.events.operations.PutEvents?.({ Entries: [{ ...entry, Detail: JSON.stringify(forged.detail) }] });
    await service.events.settled();
    expect(lines('of another source ignored')).toEqual([]);
    await service.runtime.invoke(counting.name, forged);
    expect(lines('of another source ignored')).toHaveLength(1);
    expect(await counted()).toBe(before);
  });

  it.each([
    ['before its statement is done', false],
    ['after it, without knowing', true],
  ])('has one effect when it fails %s, and the event comes again', async (_when, after) => {
    const before = await counted();
    const template = service.events.events().find(({ detail }) => detail.event_type === registered);
    const event = { ...template, detail: { ...template?.detail, event_id: v4() } };
    const deliver = () => service.runtime.invoke(counting.name, event);

    // An error that is not retried; in the second case the statement was done all the same.
    const error = { code: 'AccessDeniedException' };
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', error, after });
    expect(await deliver()).toMatchObject({ ok: false });
    expect(await counted()).toBe(before + (after ? 1 : 0));
    expect(await deliver()).toMatchObject({ ok: true });
    expect(await counted()).toBe(before + 1);
  });

  it('can trace one request from its header to its own log', async () => {
    const correlationId = v4();
    const answer = await register({ 'x-correlation-id': correlationId });
    expect(answer.headers.get('x-correlation-id')).toBe(correlationId);
    await relay();

    const ours = { correlation_id: correlationId };
    expect(lines(correlationId)).toContainEqual(
      expect.objectContaining({ ...ours, function: 'auth-register', status: 201 }),
    );
    expect(
      await service.sql('select correlation_id, data from event_outbox where correlation_id = $1', [correlationId]),
    ).toMatchObject(Array(2).fill({ ...ours, data: ours }));
    const event = service.events
      .events()
      .find(({ detail }) => detail.correlation_id === correlationId && detail.event_type === registered);
    expect(event?.detail).toMatchObject({ data: ours });
    expect(lines('registration counted')).toContainEqual(
      expect.objectContaining({ ...ours, function: 'count-registrations', event_id: event?.detail.event_id }),
    );
  });
});
