/** One-time tokens, read with each version of the link key. */
import { type OneTimeToken, type Purpose, readOneTimeToken } from '../domain/one-time-token.ts';
import { hmacKeys } from './hmac-keys.ts';

export interface OneTimeTokens {
  /** @returns null for a token that this service did not make for that purpose */
  read(encoded: string, purpose: Purpose): Promise<OneTimeToken | null>;
}

export function oneTimeTokens(): OneTimeTokens {
  const linkKey = hmacKeys('one-time-token');
  return {
    async read(encoded, purpose) {
      const token = readOneTimeToken(encoded, purpose, await linkKey.keys());
      if (token) return token;
      // Perhaps the mail was made with a newer version of the key than ours.
      const newer = await linkKey.refetched();
      return newer && readOneTimeToken(encoded, purpose, newer);
    },
  };
}
