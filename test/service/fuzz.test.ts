/** The short form of `npm run test:fuzz`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzRefusals, fuzzRoutes, fuzzTexts, total } from '../fuzz/run-fuzz.ts';
import { type Service, startService } from '../support/service.ts';

const SEED = 42;

let service: Service;
beforeAll(async () => {
  // One instance of each function: most of the time goes into their starts.
  service = await startService({ maxConcurrency: 1 });
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
