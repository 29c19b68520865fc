/** A year of a stage, day by day: the rotation as consumers experience it (S43). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/local/aws/endpoint.ts';
import {
  DAY,
  HOUR,
  keysOf,
  MINUTE,
  newPlatform,
  newStage,
  pass,
  runJob,
  startKeyWorld,
  stopKeyWorld,
} from '../support/key-world.ts';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startKeyWorld();
});
afterAll(() => stopKeyWorld(endpoint));

it('S43: in a year of rotations no valid token is refused, and no key signs or is published when it should not', async () => {
  const stage = newStage();
  const { keeper, ages } = stage;
  await runJob(keeper, ages);
  const platform = await newPlatform(stage);
  const deleted: string[] = [];

  for (let day = 0; day < 400; day++) {
    const job = await runJob(keeper, ages);
    deleted.push(...job.deleted);
    if (job.steps.length === 0) {
      if (day % 4 === 0) await platform.check();
      pass(DAY);
      continue;
    }
    // Keys moved on a day of many deployments, so that consumers are tested with copies of every age.
    for (let minute = 0; minute < 46; minute += 2) {
      deleted.push(...(await runJob(keeper, ages)).deleted);
      await platform.check();
      pass(2 * MINUTE);
    }
    pass(14 * MINUTE);
    for (let hour = 1; hour < 24; hour++) {
      await platform.check();
      pass(HOUR);
    }
  }

  const kids = platform.expectPublishedAhead();
  expect(kids).toHaveLength(5);
  platform.expectRetired(kids.slice(0, -1));
  expect(deleted).toHaveLength(4);
  const { next, active, previous } = await keysOf(keeper);
  expect(previous).toBeUndefined();
  expect(deleted).not.toContain(active?.keyId);
  expect(deleted).not.toContain(next?.keyId);
});
