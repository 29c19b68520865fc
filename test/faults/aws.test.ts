/** The short form is test/service/aws-faults.test.ts, with larger shares of fewer calls. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { times } from '../support/short-form.ts';
import { withoutConsumers } from '../support/without-consumers.ts';
import { faultless, figures, type Ordeal, percentile, type Shares, underAws } from './aws-ordeal.ts';

const JOURNEYS = times(200, 20);
const AT_ONCE = 4;
let service: Service;
beforeAll(async () => {
  // No request waits for another's environment, so that the times are the calls'.
  service = await startService({ ...asDeployed, functions: withoutConsumers, maxConcurrency: AT_ONCE });
});
afterAll(() => service.stop());

/** Of a route, milliseconds (lib/service/functions.ts). */
const DEADLINE = 15_000;

async function ordeal(name: string, shares: Shares): Promise<Ordeal> {
  const ending = await underAws(service, shares, JOURNEYS, AT_ONCE);
  console.log(`${name}: ${figures(ending)}`);
  expect(ending).toMatchObject({ wrong: [], unsent: 0 });
  return ending;
}

it('answers everything truly while AWS refuses and cuts off one call in a hundred each', async () => {
  // The functions are warm after this.
  await underAws(service, faultless, AT_ONCE * 2, AT_ONCE);
  const without = await ordeal('without faults', faultless);
  const beside = await ordeal('1 % refused, 1 % cut off', { refused: 0.01, cut: 0.01, hung: 0 });
  expect(beside.struck).toBeGreaterThan(0);
  console.log(`p99 is ${(percentile(beside.times, 0.99) / percentile(without.times, 0.99)).toFixed(2)} times as long`);
});

it('answers everything within its time while one call in a thousand is never answered', async () => {
  const { times } = await ordeal('0.1 % never answered', { refused: 0, cut: 0, hung: 0.001 });
  expect(times.filter((time) => time >= DEADLINE)).toEqual([]);
});
