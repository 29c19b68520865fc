/**
 * How a route authenticates, reads and answers. A row of the route table states this for the gateways, the deployment
 * and the API description; the function states it by the way it is made (functions/http). test/unit/http/rows.test.ts
 * compares the two.
 */

/** `json`: problem details. `page`: HTML for people. `oauth`: the errors of RFC 6749 §5.2. */
export type Door = 'json' | 'page' | 'oauth';

/**
 * `none`: anyone. `bearer`: an access token. `iam`: SigV4, which the gateway checks. `session`: the cookie of a browser's
 * session. `client`: an OAuth client with its credentials (RFC 6749 §2.3.1).
 */
export type Auth = 'none' | 'bearer' | 'iam' | 'session' | 'client';

/** `form` is `application/x-www-form-urlencoded`. */
export type BodyFormat = 'json' | 'form';

/** The body formats of a route that names none. */
export const usualFormats = (door: Door): readonly BodyFormat[] => [door === 'json' ? 'json' : 'form'];
