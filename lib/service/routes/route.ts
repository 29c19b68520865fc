/**
 * A row of the route table: the one place that says how a route is reached and what it takes. The function says the
 * latter too, by the way it is made (functions/http/core.ts), and test/unit/http/rows.test.ts refuses any difference.
 */
import { type Auth, type BodyFormat, type Door, usualFormats } from '../../../functions/contracts/http/door.ts';
import type { Schema } from '../../../functions/contracts/http.ts';
import type { ProblemCode } from '../../../functions/domain/problem.ts';
import type { Capability } from '../capability.ts';
import type { Subject } from '../stacks.ts';

export type Answers = Readonly<Record<number, Schema | null>>;

export interface Route {
  readonly method: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** In API Gateway's syntax: `/v1/orgs/{org_id}/members`. */
  readonly path: `/${string}`;
  /** What it does, for the API description. */
  readonly summary: string;
  /**
   * The file that exports `handler`. Its name gives the function's: `functions/routes/auth/login.ts` is `auth-login`. Rows of
   * one file are one function (functions/http/by-method.ts).
   */
  readonly entry: `functions/routes/${string}.ts`;
  /** The stack that the function stands in. */
  readonly stack: Subject;
  /** `iam` is checked by the gateway, every other kind by the function itself. */
  readonly auth: Auth;
  /** How it speaks, JSON unless said otherwise. */
  readonly door?: Door;
  /** Requests a second, and how many may come at once, over all callers: API Gateway's own throttle. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** What the function may touch; its role and its environment follow from it. */
  readonly may: readonly Capability[];
  /** MiB. CPU comes with it: 1,769 MiB is one core. Hashing routes are given a core, the others what their start needs. */
  readonly memory: number;
  /**
   * How many may run at once, kept back for it where the deployment reserves concurrency: for signing in, which a flood
   * at any other route must not starve. It is a ceiling too, so a flood at this route leaves the others theirs.
   */
  readonly concurrency?: number;
  /** Largest bundle, KiB, minified. Growth past it is a decision, made here. */
  readonly bundleKiB: number;
  /** The body's schema, where there is a body. In a form a field comes once, unless the schema has a list for it. */
  readonly request?: Schema;
  /** What the body may be, where it is not what the door usually takes. */
  readonly accepts?: readonly BodyFormat[];
  /** The query's schema: an object of texts, and of lists where a parameter may come more than once. */
  readonly query?: Schema;
  /** Every success: its status and the schema of its body. `null` is an empty body, or a redirect where the status is 3xx. */
  readonly answers: Answers;
  /** Answers 304 to who has the document already. */
  readonly etag?: true;
  /** What it may answer beside what every route of its kind may (lib/openapi/description.ts). */
  readonly problems?: readonly ProblemCode[];
}

/** What a route's body may be; nothing where there is none. */
export const formatsOf = ({ door = 'json', request, accepts }: Route): readonly BodyFormat[] =>
  request ? (accepts ?? usualFormats(door)) : [];

/** Memory of a route that hashes passwords. */
export const HASHING = 1769;
/** Of every other. */
export const LEAN = 512;
