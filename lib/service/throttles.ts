/** The table of functions, with the throttles that a stage's settings change. */
import type { DeploymentSettings } from './config.ts';
import type { FunctionSpec } from './functions.ts';
import type { Route } from './routes.ts';

type Throttles = DeploymentSettings['throttles'];

/** @throws Error for a route that the table does not have */
export function withThrottles(functions: readonly FunctionSpec[], throttles: Throttles): FunctionSpec[] {
  const known = functions.flatMap(routesOf).map(keyOf);
  const unknown = Object.keys(throttles).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`deployment.throttles: no route ${unknown.join(', ')}`);
  return functions.map((spec) => throttled(spec, throttles));
}

const routesOf = ({ triggers }: FunctionSpec): Route[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'http' ? [trigger.route] : []));
/** A resource's HEAD is throttled as its GET. */
const keyOf = ({ method, path }: Route) => `${method === 'HEAD' ? 'GET' : method} ${path}`;

function throttled(spec: FunctionSpec, throttles: Throttles): FunctionSpec {
  const given = routesOf(spec).flatMap((route) => throttles[keyOf(route)] ?? []);
  if (given.length === 0) return spec;
  const triggers = spec.triggers.map((trigger) => {
    if (trigger.kind !== 'http') return trigger;
    const { route } = trigger;
    const { rate = route.throttle.rate, burst = route.throttle.burst } = throttles[keyOf(route)] ?? {};
    return { ...trigger, route: { ...route, throttle: { rate, burst } } };
  });
  const [concurrency] = given.flatMap((one) => one.concurrency ?? []);
  return { ...spec, triggers, ...(concurrency === undefined ? {} : { concurrency }) };
}
