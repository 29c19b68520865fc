/** How often something may be tried in any window of a given length. The counting is SQL: store/rate-limits.ts. */
import { randomInt } from 'node:crypto';
import type { AccessClaims } from './access-token.ts';
import { clientNetwork, widerNetwork } from './client-ip.ts';
import type { Purpose } from './one-time-token.ts';
import { Problem } from './problem.ts';
import type { Pseudonymize } from './pseudonym.ts';
import type { Settings } from './settings.ts';
import { timesOf } from './shared-networks.ts';

type LimitName = keyof Settings['rateLimits'];

/** One count, as the statement takes it. */
export interface Limit {
  readonly name: LimitName;
  /**
   * When the request came, to the microsecond. Those below the millisecond are random, so that the time names the request:
   * one that is sent again is not counted again.
   */
  readonly at: string;
  /** HMAC of the kind and of whom it counts, hexadecimal. */
  readonly key: string;
  readonly max: number;
  readonly window_seconds: number;
  /** How many requests one kept time stands for: 1 up to {@link MOST_TIMES}. All but one may be refused too soon. */
  readonly slot: number;
  /** The count is not needed after this time. It moves by whole windows, so that most counts touch no index. */
  readonly expires_at: string;
}

/** Most times that a row keeps: 2 KB. */
const MOST_TIMES = 256;

/** What one request is counted against, at its time; all are empty if counting is switched off. */
export interface Limits {
  /** @param whom an address's key, a session, an account */
  by(name: LimitName, whom: string): readonly Limit[];
  /**
   * By the client's network: the IPv4 address and, fifty times looser, its /24; for IPv6 the /64 and, ten times looser,
   * the /48 (S9). In a network of `sharedNetworks` by the address (the /64) alone, as many times looser as it says.
   * @param apart a word for what is counted by itself under the same limit
   */
  byIp(name: LimitName, ip: string, apart?: string): readonly Limit[];
  /** Mails of one kind to one address, so that a reset mail does not wait for verification mails. */
  ofMail(
    kind: Purpose | 'second_factor' | 'already_registered' | 'new_device' | 'unproved_login' | 'unproved_change',
    emailKey: string,
  ): readonly Limit[];
}

/**
 * Counts a second that one row takes without making its callers wait for each other: each holds the row until its
 * statement has committed, some milliseconds later.
 */
const MOST_A_ROW = 20;
/** A request takes one of the rows by chance. They fill unevenly, and none should refuse before all are full. */
const UNEVEN = 1.1;

export type LimitSettings = Pick<Settings, 'rateLimits' | 'rateLimiting' | 'sharedNetworks'>;

export function limitsAt(
  now: Date,
  pseudonymize: Pseudonymize,
  { rateLimits, rateLimiting, sharedNetworks }: LimitSettings,
): Limits {
  function limit(name: LimitName, whom: string, times = 1): readonly Limit[] {
    if (rateLimiting === 'off') return [];
    const { limit: given, windowSeconds } = rateLimits[name];
    const rows = times === 1 ? 1 : Math.ceil((given * times) / windowSeconds / MOST_A_ROW);
    const max = rows === 1 ? given * times : Math.ceil(((given * times) / rows) * UNEVEN);
    const length = windowSeconds * 1000;
    const key = pseudonymize(name, rows === 1 ? whom : `${whom}#${randomInt(rows)}`).toString('hex');
    const expires_at = new Date((Math.floor(now.getTime() / length) + 2) * length).toISOString();
    return [
      {
        name,
        at: exactTime(now),
        key,
        max,
        window_seconds: windowSeconds,
        slot: Math.ceil(max / MOST_TIMES),
        expires_at,
      },
    ];
  }
  return {
    by: (name, whom) => limit(name, whom),
    byIp(name, ip, apart = '') {
      const times = timesOf(ip, sharedNetworks);
      if (times !== undefined) return times === 'unlimited' ? [] : limit(name, apart + clientNetwork(ip), times);
      const wider = widerNetwork(ip);
      const own = limit(name, apart + clientNetwork(ip));
      return [...own, ...(wider ? limit(name, apart + wider.network, wider.times) : [])];
    },
    ofMail: (kind, emailKey) => limit('mailPerAddress', `${kind}:${emailKey}`),
  };
}

/** RFC 3339, with random microseconds: of two requests of the same millisecond, one in a thousand has the other's. */
export function exactTime(now: Date): string {
  const microseconds = Math.floor(Math.random() * 1_000);
  return now.toISOString().replace('Z', `${String(microseconds).padStart(3, '0')}Z`);
}

/**
 * By whom guesses of somebody who is signed in are counted: by the session, so that a stolen token does not keep the owner
 * out. The sessions of an account's clients count as one: a browser's session begins as many of them as it likes.
 */
export const guesserOf = ({ sub, sid, scope }: Pick<AccessClaims, 'sub' | 'sid' | 'scope'>): string =>
  scope === undefined ? sid : `clients of ${sub}`;

/** A limit that the request exceeded, as the statement returns it. */
export interface ExceededLimit extends Pick<Limit, 'name' | 'max' | 'window_seconds'> {
  /** Seconds. */
  readonly retry_after: number;
}

export const tooMany = ({ name, max, window_seconds, retry_after }: ExceededLimit): Problem =>
  new Problem('RATE_LIMITED', {
    retryAfter: retry_after,
    quota: { name, limit: max, windowSeconds: window_seconds },
  });
