/** A status list as it is published; apart from what names one, so that other functions load no zlib. */
import { deflateSync } from 'node:zlib';
import { inSeconds } from './access-token.ts';
import { type StatusSettings, uriOf } from './status-list.ts';

/**
 * The claims of a Status List Token (§5.1). It is good for as long as a token is: when services can no longer use their
 * last one, because we do not answer, all tokens from before it have expired as well.
 * @param bytes the first session is the lowest bit of the first byte (§4.1)
 */
export const statusListClaims = (list: number, bytes: Uint8Array, now: Date, settings: StatusSettings) => ({
  iss: settings.issuer,
  sub: uriOf(list, settings.issuer),
  iat: inSeconds(now),
  exp: inSeconds(now) + settings.accessTokenSeconds,
  ttl: settings.statusListSeconds,
  status_list: { bits: 1, lst: deflateSync(bytes, { level: 9 }).toString('base64url') },
});
