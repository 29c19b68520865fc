/** Routes for people: HTML, whatever happens. */
import type { Schema } from '../contracts/http.ts';
import { type Answerer, type Kind, makeRoute, type RouteHandler, type Takes } from './core.ts';
import { type Pages, pageLanguage } from './page.ts';
import { problemPage } from './page-problem.ts';

export const forPeople = (pages: Pages) =>
  ({
    door: 'page',
    cors: 'none',
    sayProblem: (thrown, request) => problemPage(pages, thrown, pageLanguage(request), request),
  }) as const satisfies Partial<Kind<unknown>>;

/** A page that anyone may open, or its form. */
export function pageRoute<B extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
  pages: Pages,
  takes: Takes<B, Q>,
  answer: Answerer<B, Q, undefined>,
): RouteHandler {
  return makeRoute({ ...forPeople(pages), auth: 'none', admit: () => undefined }, takes, answer);
}
