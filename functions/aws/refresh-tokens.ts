/** Refresh tokens read with the chain key, in whichever of its versions they were made. */
import { type RefreshToken, readRefreshToken } from '../domain/refresh-token.ts';
import { type HmacKeys, hmacKeys } from './hmac-keys.ts';

export interface RefreshTokens {
  readonly keys: HmacKeys['keys'];
  /** @returns null for what this service did not issue */
  read(encoded: string): Promise<RefreshToken | null>;
}

export function refreshTokens(): RefreshTokens {
  const chainKey = hmacKeys('refresh-chain');
  return {
    keys: chainKey.keys,
    async read(encoded) {
      const token = readRefreshToken(encoded, await chainKey.keys());
      if (token) return token;
      // Perhaps another function made it with a version of the key that is newer than ours.
      const newer = await chainKey.refetched();
      return newer && readRefreshToken(encoded, newer);
    },
  };
}
