import { expect, it } from 'vitest';
import { functions } from '../../lib/service/functions.ts';
import { routes } from '../../lib/service/routes.ts';
import { withThrottles } from '../../lib/service/throttles.ts';

const throttleOf = (table: typeof functions, name: string) =>
  table
    .find((spec) => spec.name === name)
    ?.triggers.flatMap((trigger) => (trigger.kind === 'http' ? [trigger.route.throttle] : []));

it('carries 10 million logins a day at the peak of a school morning, with a refresh and a profile for each', () => {
  const perDay = 10_000_000;
  const atPeak = ((perDay * 0.2) / 3_600) * 1.8;
  const login = routes.find(({ entry }) => entry.endsWith('/auth/login.ts'));
  const refresh = routes.find(({ entry }) => entry.endsWith('/auth/refresh.ts'));
  const profile = routes.find(({ entry }) => entry.endsWith('/auth/me/get.ts'));
  for (const route of [login, refresh, profile]) expect(route?.throttle.rate).toBeGreaterThanOrEqual(atPeak);
  expect(login?.concurrency).toBeGreaterThanOrEqual(atPeak * 0.2 * 2);
  expect(refresh?.concurrency).toBeGreaterThanOrEqual(atPeak * 0.05 * 2);
});

it('changes the routes that the settings name, and no other', () => {
  const changed = withThrottles(functions, {
    'POST /v1/auth/login': { rate: 50, burst: 80, concurrency: 20 },
    'GET /.well-known/jwks.json': { rate: 7 },
  });
  expect(throttleOf(changed, 'auth-login')).toEqual([{ rate: 50, burst: 80 }]);
  expect(changed.find(({ name }) => name === 'auth-login')?.concurrency).toBe(20);
  const { burst } = throttleOf(functions, 'well-known-jwks')?.[0] ?? {};
  // GET and HEAD.
  expect(throttleOf(changed, 'well-known-jwks')).toEqual(Array(2).fill({ rate: 7, burst }));
  const others = ({ name }: { name: string }) => !['auth-login', 'well-known-jwks'].includes(name);
  expect(changed.filter(others)).toEqual(functions.filter(others));
});

it('refuses a route that there is not', () => {
  expect(() => withThrottles(functions, { 'POST /v1/auth/signin': { rate: 1 } })).toThrow(
    'deployment.throttles: no route POST /v1/auth/signin',
  );
});
