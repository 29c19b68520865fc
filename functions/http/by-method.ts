/** Several routes of one path in one function, where they share their permissions: a page and its form. */
import { Problem } from '../domain/problem.ts';
import { type Entrance, type LambdaHandler, makeRoute, type RouteHandler } from './core.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** HEAD goes to GET (RFC 9110 §9.3.2); a method that none has is 405, said as the first would. */
export function byMethod(
  handlers: Readonly<Partial<Record<Method, RouteHandler>>>,
): LambdaHandler & { readonly entrances: Readonly<Record<string, Entrance>> } {
  const [first] = Object.values(handlers);
  if (!first) throw new Error('a function without a route');
  const refuse = makeRoute(
    {
      ...first.kind,
      admit: () => {
        throw new Problem('METHOD_NOT_ALLOWED', { headers: { allow: Object.keys(handlers).join(', ') } });
      },
    },
    {},
    () => ({ status: 405 }),
  );
  const handler: LambdaHandler = (event, context) => {
    const { method } = event.requestContext.http;
    return (handlers[(method === 'HEAD' ? 'GET' : method) as Method] ?? refuse)(event, context);
  };
  const entrances = Object.fromEntries(Object.entries(handlers).map(([method, { entrance }]) => [method, entrance]));
  return Object.assign(handler, { entrances });
}
