/** Refresh tokens, read with each version of the chain key. */
import { type RefreshToken, readRefreshToken } from '../domain/refresh-token.ts';
import { type HmacKeys, hmacKeys } from './hmac-keys.ts';

export interface RefreshTokens {
  readonly keys: HmacKeys['keys'];
  /** @returns null for a token that this service did not issue */
  read(encoded: string): Promise<RefreshToken | null>;
}

export function refreshTokens(): RefreshTokens {
  const chainKey = hmacKeys('refresh-chain');
  return {
    keys: chainKey.keys,
    async read(encoded) {
      const token = readRefreshToken(encoded, await chainKey.keys());
      if (token) return token;
      // Perhaps another function made it with a newer version of the key than ours.
      const newer = await chainKey.refetched();
      return newer && readRefreshToken(encoded, newer);
    },
  };
}
