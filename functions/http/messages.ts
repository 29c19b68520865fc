/** A request as a route's function gets it, and its answer. */
import type { RequestContext } from '../domain/request-context.ts';
import type { Cookies } from './cookies.ts';

/** A request before anything of it is checked. */
export interface RawRequest {
  readonly context: RequestContext;
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  /** The query as it came: API Gateway's own parameters join by a comma what came more than once. */
  readonly search: URLSearchParams;
  readonly cookies: Cookies;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface HttpRequest<Body = undefined, Query = undefined> extends RawRequest {
  /** As the route's schema has it. */
  readonly body: Body;
  /** As the route's schema has it. */
  readonly query: Query;
}

export interface HttpAnswer {
  readonly status: number;
  /** An object is sent as JSON; a string as it is, its content type among the headers. */
  readonly body?: object | string;
  /** The body is bytes in base64, which the gateway decodes. */
  readonly isBase64Encoded?: true;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each a Set-Cookie of its own, made by cookies.ts. */
  readonly cookies?: readonly string[];
  /** Whether a page of that origin is of the client that it is for, where only the flow knows which that is. */
  readonly isOfClient?: (origin: string) => boolean;
}
