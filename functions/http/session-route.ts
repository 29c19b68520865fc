/** Pages for people who are signed in, by the cookie of their browser's session. */
import type { Schema } from '../contracts/http.ts';
import { Problem } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { cookieName } from './cookies.ts';
import { type Answerer, type Awaitable, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { RawRequest } from './messages.ts';
import type { Pages } from './page.ts';
import { forPeople } from './page-route.ts';

/** Of the cookie, without its prefix. */
export const SESSION_COOKIE = 'identity';

export interface SessionNeeds<Session> {
  readonly pages: Pages;
  readonly settings: Pick<Settings, 'issuer'>;
  /** Looks the cookie's value up. @returns null for one that opens nothing, or no longer */
  readonly findSession: (value: string, now: Date) => Awaitable<Session | null>;
}

export function sessionRoute<
  Session extends object,
  B extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
>(
  { pages, settings: { issuer }, findSession }: SessionNeeds<Session>,
  takes: Takes<B, Q>,
  answer: Answerer<B, Q, Session>,
): RouteHandler {
  const admit = async (request: RawRequest) => {
    refuseForeign(request, issuer);
    const value = request.cookies.get(cookieName(SESSION_COOKIE, issuer));
    const session = value ? await findSession(value, request.context.now) : null;
    if (!session) throw new Problem('SESSION_REQUIRED');
    return session;
  };
  return makeRoute({ ...forPeople(pages), auth: 'session', admit }, takes, answer);
}

/**
 * What changes something has to come from a page of ours (S79): a cookie comes along whoever made the browser send it,
 * SameSite=Lax keeps it back from other sites but not from other hosts of the domain. Browsers say where a form came
 * from, and no script can say otherwise; one that says nothing is refused.
 */
export function refuseForeign(request: Pick<RawRequest, 'method' | 'headers'>, issuer: string): void {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD' || !isForeign(request, issuer)) return;
  throw new Problem('FORBIDDEN', { detail: 'The form was not sent from a page of this service.' });
}

/** Whether a form is from elsewhere, or does not say where it is from. */
export const isForeign = ({ headers }: Pick<RawRequest, 'headers'>, issuer: string): boolean =>
  headers['sec-fetch-site'] !== 'same-origin' && headers.origin !== new URL(issuer).origin;
