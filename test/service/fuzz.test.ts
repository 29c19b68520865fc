/** The short form of `npm run test:fuzz`. */
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
  expect(total(await fuzzRoutes(service, { requests: 300, seed: SEED }))).toBeGreaterThanOrEqual(300);
});

it('S30: a request that must be refused changes nothing', async () => {
  expect(total(await fuzzRefusals(service, { requests: 150, seed: SEED }))).toBeGreaterThanOrEqual(150);
});

it('S35: hostile strings in every text field change nothing but their own row', async () => {
  expect(total(await fuzzTexts(service, 10))).toBeGreaterThan(250);
});
