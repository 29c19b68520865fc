/** How often something may be tried: windows and the estimate over two of them. The counting itself is SQL. */
import { settings } from '../settings.ts';
import type { Purpose } from './one-time-token.ts';
import { Problem } from './problem.ts';
import type { Pseudonymize } from './pseudonym.ts';

type LimitName = keyof typeof settings.rateLimits;

/** One thing counted, as the statement takes it. */
export interface Limit {
  readonly name: LimitName;
  /** HMAC of what is counted and of whom, hexadecimal. */
  readonly key: string;
  readonly max: number;
  readonly window_seconds: number;
  readonly window_start: string;
  readonly previous_start: string;
  /** How much of the previous window a window sliding back from now still covers, 0 to 1. */
  readonly previous_share: number;
}

/** @param whom an address's key or a client's network */
export function limit(name: LimitName, whom: string, pseudonymize: Pseudonymize, now: Date): Limit {
  const { limit: max, windowSeconds } = settings.rateLimits[name];
  const length = windowSeconds * 1000;
  const start = Math.floor(now.getTime() / length) * length;
  return {
    name,
    key: pseudonymize(name, whom).toString('hex'),
    max,
    window_seconds: windowSeconds,
    window_start: new Date(start).toISOString(),
    previous_start: new Date(start - length).toISOString(),
    previous_share: 1 - (now.getTime() - start) / length,
  };
}

/** Mails of one kind to one address: a forgotten password does not wait for verification mails. */
export const mailLimit = (
  kind: Purpose | 'already_registered',
  emailKey: string,
  pseudonymize: Pseudonymize,
  now: Date,
) => limit('mailPerAddress', `${kind}:${emailKey}`, pseudonymize, now);

/** A limit that the request was over, as the statement tells it. */
export interface ExceededLimit extends Pick<Limit, 'name' | 'max' | 'window_seconds'> {
  /** Seconds. */
  readonly retry_after: number;
}

export const tooMany = ({ name, max, window_seconds, retry_after }: ExceededLimit): Problem =>
  new Problem('RATE_LIMITED', {
    retryAfter: retry_after,
    quota: { name, limit: max, windowSeconds: window_seconds },
  });

/** The limits to count against; none where counting is switched off. */
export const limits = (...all: Limit[]): readonly Limit[] => (settings.rateLimiting === 'on' ? all : []);
