/** A request as a route's function gets it, and its answer. */
import type { RequestContext } from '../domain/request-context.ts';

export interface HttpRequest<Body = undefined> {
  readonly context: RequestContext;
  readonly body: Body;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** An object is sent as JSON; a string as it is, its content type among the headers. */
  readonly body?: object | string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}
