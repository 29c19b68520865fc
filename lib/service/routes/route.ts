/**
 * A row of the route table: the one place that says how a route is reached and what it accepts. The function's own code
 * also says what it accepts (functions/http/core.ts); test/unit/http/rows.test.ts fails on any difference.
 */
import { type Auth, type BodyFormat, type Door, usualFormats } from '../../../functions/contracts/http/door.ts';
import type { Schema } from '../../../functions/contracts/http.ts';
import type { ProblemCode } from '../../../functions/domain/problem.ts';
import type { Capability } from '../capability.ts';
import type { Subject } from '../stacks.ts';

export type Answers = Readonly<Record<number, Schema | null>>;

export interface Route {
  readonly method: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** In API Gateway's syntax: `/v1/orgs/{org_id}/members`; `{proxy+}` is the rest of a path. */
  readonly path: `/${string}`;
  /** What it does, for the API description. */
  readonly summary: string;
  /**
   * The file that exports `handler`. It names the function: `functions/routes/auth/login.ts` is `auth-login`. Rows with
   * the same file share one function (functions/http/by-method.ts).
   */
  readonly entry: `functions/routes/${string}.ts`;
  /** The stack that contains the function. */
  readonly stack: Subject;
  /** The gateway checks `iam`; the function itself checks every other kind. */
  readonly auth: Auth;
  /** The format of its requests and answers; JSON by default. */
  readonly door?: Door;
  /** API Gateway's throttle over all callers: requests a second, and how many may come at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** What the function may access; its role and its environment are derived from it. */
  readonly may: readonly Capability[];
  /** MiB. CPU grows with it: 1,769 MiB is one core. Hashing routes have one core, the others what their start needs. */
  readonly memory: number;
  /**
   * How many may run at once; reserved for it where the deployment reserves concurrency. A flood at another route then
   * cannot starve sign-in. It is also a maximum, so that a flood at this route leaves capacity for the others.
   */
  readonly concurrency?: number;
  /** Largest bundle, KiB, minified. To let it grow further is a decision, made here. */
  readonly bundleKiB: number;
  /** The body's schema, if there is a body. In a form, a field may occur once, unless the schema has a list for it. */
  readonly request?: Schema;
  /** The body's formats, if they are not the usual ones of the door. */
  readonly accepts?: readonly BodyFormat[];
  /** The query's schema: an object of texts, and of lists where a parameter may occur more than once. */
  readonly query?: Schema;
  /** Every success: its status and the schema of its body. `null` is an empty body, or with a 3xx a redirect. */
  readonly answers: Answers;
  /** Answers 304 when the caller has the document already. */
  readonly etag?: true;
  /** The problems that it may answer besides those of every route of its kind (lib/openapi/responses.ts). */
  readonly problems?: readonly ProblemCode[];
}

/** The formats of a route's body; empty for a route without a body. */
export const formatsOf = ({ door = 'json', request, accepts }: Route): readonly BodyFormat[] =>
  request ? (accepts ?? usualFormats(door)) : [];

/** Memory of a route that hashes passwords. */
export const HASHING = 1769;
/** Memory of every other route. */
export const LEAN = 512;
