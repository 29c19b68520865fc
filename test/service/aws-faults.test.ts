/** The short form of test/faults/aws.test.ts: fewer requests, more faults. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { underAws } from '../faults/aws-ordeal.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

it('answers truly while AWS refuses or cuts off one call in ten', async () => {
  const ending = await underAws(service, { refused: 0.05, cut: 0.05, hung: 0 }, 4, 2);
  expect(ending).toMatchObject({ wrong: [], unsent: 0 });
  expect(ending.struck).toBeGreaterThan(0);
});
