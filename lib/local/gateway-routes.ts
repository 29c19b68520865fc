/** Finds the function for a request, by the route table and the rules of HTTP APIs. */
import type { FunctionSpec } from '../service/functions.ts';
import type { Route } from '../service/routes.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly functionName: string;
  /** Decoded; undefined for a path without parameters, where API Gateway leaves the member out. */
  readonly pathParameters: Record<string, string> | undefined;
}

export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

/**
 * The method must be the route's own: HTTP APIs do not answer HEAD with a GET route. A static segment has priority over
 * a parameter.
 * @param functions those without a route are ignored
 */
export function routeFinder(functions: readonly FunctionSpec[]): FindRoute {
  const served = functions
    .flatMap(({ name, triggers }) =>
      triggers.flatMap((trigger) =>
        trigger.kind === 'http'
          ? [{ functionName: name, route: trigger.route, segments: segmentsOf(trigger.route.path) }]
          : [],
      ),
    )
    .sort((a, b) => compareStatic(a.segments, b.segments));

  return (method, path) => {
    const given = segmentsOf(path);
    for (const { route, functionName, segments } of served) {
      const parameters = route.method === method ? match(segments, given) : undefined;
      if (!parameters) continue;
      const pathParameters = Object.keys(parameters).length > 0 ? parameters : undefined;
      return { route, functionName, pathParameters };
    }
    return undefined;
  };
}

const segmentsOf = (path: string) => path.split('/').slice(1);
const parameterIn = (segment: string) => /^\{(\w+)\+?\}$/.exec(segment)?.[1];
const isGreedy = (segment: string | undefined) => segment?.endsWith('+}') ?? false;

/** At the first segment where the two differ in kind, the path with the static segment comes first. */
function compareStatic(a: readonly string[], b: readonly string[]): number {
  for (const [index, segment] of a.entries()) {
    const difference = Number(!!parameterIn(segment)) - Number(!!parameterIn(b[index] ?? ''));
    if (difference !== 0) return difference;
  }
  return 0;
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const last = segments.length - 1;
  if (isGreedy(segments[last]) && given.length > last) {
    // The rest of the path, which is not empty.
    const rest = given.slice(last).join('/');
    const before = match(segments.slice(0, last), given.slice(0, last));
    return before && rest !== '' ? { ...before, [parameterIn(segments[last] ?? '') ?? '']: decoded(rest) } : undefined;
  }
  if (segments.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    const name = parameterIn(segment);
    // A parameter matches one whole segment, never an empty one.
    if (name && text !== '') parameters[name] = decoded(text);
    else if (segment !== decoded(text)) return undefined;
  }
  return parameters;
}

/** Text with invalid percent-encoding stays as it is: it then finds no row, and the function reports that. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
