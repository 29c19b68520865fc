/** lib/aws/COST.md, and what it is computed from. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COST_PAGE, costBasis } from '../../bin/cost/basis.ts';
import { cognito, costs, gbSeconds, idle, relaysAtOnce, routeNames, sum } from '../../lib/aws/cost.ts';
import { costPage } from '../../lib/aws/cost-page.ts';
import { priceList } from '../../lib/aws/prices.ts';

const basis = costBasis();

it('the cost page is what npm run cost writes', () => {
  expect(readFileSync(COST_PAGE, 'utf8')).toBe(costPage(basis));
});

it('names a page of AWS for each price', () => {
  for (const [usd, units, what, page] of Object.values(priceList)) {
    expect(usd / units, what).toBeGreaterThan(0);
    expect(page, what).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+\/$/);
  }
});

it('counts a request’s calls once, and its memory by the second', () => {
  const counts = { ...basis.measured.refresh, dataApi: 1, kms: 1, events: 0, functionMs: 10 };
  const { KMS: kms, 'Data API': dataApi, EventBridge: events } = costs('refresh', counts, 100);
  expect([kms, dataApi, events]).toEqual([3, expect.closeTo(0.35), 0]);
  // 10 ms of CPU on half a core, 12 ms and 8 ms of waiting, 1 % of half a second: 45 ms of 884.5 MB.
  expect(gbSeconds(counts, 1769 / 2)).toBeCloseTo((0.045 * 884.5) / 1024);
});

it('charges Cognito’s users step by step', () => {
  expect(cognito('Lite', 10_000)).toBe(0);
  expect(cognito('Lite', 1_000_000)).toBeCloseTo(90_000 * 0.0055 + 900_000 * 0.0046);
  expect(cognito('Lite', 11_000_000)).toBeCloseTo(495 + 4_140 + 9_000_000 * 0.00325 + 1_000_000 * 0.0025);
  expect(cognito('Essentials', 100_000)).toBeCloseTo(90_000 * 0.015);
  expect(cognito('Plus', 1_000)).toBeCloseTo(20);
});

it('bills the relay’s overlap, and says where Cognito is cheaper', () => {
  expect(relaysAtOnce()).toBeCloseTo(245 / 180);
  expect(Object.keys(idle(basis.prod)).join()).toContain('1.36 at once');
  expect(costPage(basis)).toMatch(/Cognito Lite is cheaper below about [\d,]+\s+users/);
});

it('has a count of each route that it prices', () => {
  for (const name of routeNames) expect(sum(Object.values(basis.measured[name]))).toBeGreaterThan(0);
});
