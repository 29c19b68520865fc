/** `npm run test:fuzz`: some minutes, or one with SHORT=1. A seed of its own each time unless FUZZ_SEED gives one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { times } from '../support/short-form.ts';
import { fuzzRefusals, fuzzRoutes, fuzzTexts, total } from './run-fuzz.ts';

const MINUTES = 60_000;
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

const report = (kind: string, counts: Record<string, number>) =>
  console.log(`${total(counts)} requests, ${kind}, by status: ${JSON.stringify(counts)}`);

let service: Service;
beforeAll(async () => {
  service = await startService({ ...asDeployed, maxConcurrency: 2, settings: { passwordHasher: 'native' } });
  console.log(`FUZZ_SEED=${seed}`);
});
afterAll(() => service.stop());

it('S30: 20,000 requests of any kind get no 5xx and leave nothing open', { timeout: 30 * MINUTES }, async () => {
  const requests = times(20_000, 400);
  const counts = await fuzzRoutes(service, { requests, seed });
  report('any', counts);
  expect(total(counts)).toBeGreaterThanOrEqual(requests);
});

it('S30: 5,000 requests that have to be refused change nothing', { timeout: 15 * MINUTES }, async () => {
  const counts = await fuzzRefusals(service, { requests: times(5_000, 200), seed });
  report('to be refused', counts);
});

it('S35: 1,000 hostile strings in every text field change nothing but their own row', {
  timeout: 45 * MINUTES,
}, async () => {
  const counts = await fuzzTexts(service, times(1_000, 5));
  report('hostile texts', counts);
});
