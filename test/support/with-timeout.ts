import type { FunctionSpec } from '../../lib/service/functions.ts';

/**
 * The functions, one of them with another timeout in seconds, for tests of what happens when its time is up.
 * @throws Error when there is no such function: the test would wait, and try nothing
 */
export function withTimeout(specs: readonly FunctionSpec[], name: string, timeout: number): FunctionSpec[] {
  if (!specs.some((spec) => spec.name === name)) throw new Error(`There is no function ${name}`);
  return specs.map((spec) => (spec.name === name ? { ...spec, timeout } : spec));
}
