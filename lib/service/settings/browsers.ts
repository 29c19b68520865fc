/** Settings that say which web pages may call the API. */
import { z } from 'zod';

/** An origin in another spelling would match no request. */
function isAsBrowsersSend(origin: string): boolean {
  return URL.parse(origin)?.origin === origin;
}

export const browserSettings = {
  /** Origins whose pages may call the API: scheme, host and port, compared exactly (S33). None by default. */
  corsOrigins: z
    .array(
      z
        .url({ protocol: /^https?$/ })
        .regex(/^https?:\/\/[^/]+$/, 'an origin has no path')
        .refine(isAsBrowsersSend, 'must be as browsers send it: lower case, no default port, a host in ASCII'),
    )
    .default([]),
};
