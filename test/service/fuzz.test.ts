/** The shortest form of `npm run test:fuzz`, which sends more of the same. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzRefusals, fuzzRoutes, fuzzTexts, total } from '../fuzz/run-fuzz.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const SEED = 42;

let service: Service;
beforeAll(async () => {
  // Most of the time would go into the starts of all functions.
  service = await sharedService();
});
afterAll(() => service.stop());

it('S30: any request to any route gets no 5xx and leaves nothing open', async () => {
  expect(total(await fuzzRoutes(service, { requests: 200, seed: SEED }))).toBeGreaterThanOrEqual(200);
});

it('S30: a request that must be refused changes nothing', async () => {
  expect(total(await fuzzRefusals(service, { requests: 80, seed: SEED }))).toBeGreaterThanOrEqual(80);
});

it('S35: hostile strings in every text field change nothing but their own row', async () => {
  expect(total(await fuzzTexts(service, 6))).toBeGreaterThan(150);
});
