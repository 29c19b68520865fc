/** Secrets of clients: 256 random bits, so a plain hash of one is enough (RFC 6749 §2.3.1). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Two while one takes the place of the other. */
export const MOST_SECRETS = 2;

export interface KeptSecret {
  /** Hexadecimal SHA-256. */
  readonly hash: string;
  /** Milliseconds since the epoch; null: until it is replaced. */
  readonly expires_at: number | null;
}

/** The prefix lets scanners of source code find one that got there. */
export const newClientSecret = (): string => `cs_${randomBytes(32).toString('base64url')}`;

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Whether it is one of the secrets that have not ended. Each is compared, in the same time whatever it is (S77). */
export function isSecret(shown: string, secrets: readonly KeptSecret[], now: Date): boolean {
  const hash = hashSecret(shown);
  return secrets
    .filter(({ expires_at }) => expires_at === null || expires_at > now.getTime())
    .map((secret) => timingSafeEqual(hash, Buffer.from(secret.hash, 'hex')))
    .includes(true);
}
