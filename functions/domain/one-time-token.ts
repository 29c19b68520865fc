/**
 * One-time links: `purpose ‖ token_id ‖ user_id ‖ end ‖ mac`, base64url (functions/README.md, "One-time links").
 *
 * The token carries what its MAC covers. So the service knows without the database that the token is genuine, whose it
 * is and when it ends; the database adds whether it was used or ended. The MAC is the secret: 256 bits, made with a key
 * that neither the database nor the bus knows (S28).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { stringify as formatUuid, parse as parseUuid } from 'uuid';
import type { TokenId, UserId } from './ids.ts';
import type { HmacKeys } from './key-versions.ts';

export type Purpose =
  | 'verify_email'
  | 'reset_password'
  | 'reset_factors'
  | 'email_login'
  | 'invitation'
  | ChangePurpose;

/** Of a change of address: the link of the new one, and that of the old one. The token's id is the change's. */
export type ChangePurpose = 'change_email' | 'undo_email';

/** The purposes of links that anybody may ask for, by an address. */
export type AccountPurpose = 'verify_email' | 'reset_password';

export interface OneTimeToken {
  readonly purpose: Purpose;
  readonly tokenId: TokenId;
  /** The user whose account it opens; for an invitation, the inviter. */
  readonly userId: UserId;
  /** To the millisecond, as the row and the event have it. */
  readonly expiresAt: Date;
}

/** First byte of a token. A number never gets a second meaning. */
const codes: Readonly<Record<Purpose, number>> = {
  verify_email: 1,
  reset_password: 2,
  invitation: 3,
  email_login: 4,
  reset_factors: 5,
  change_email: 6,
  undo_email: 7,
};

const SIGNED_BYTES = 1 + 16 + 16 + 6;
const TOKEN_BYTES = SIGNED_BYTES + 32;

/** @param key the newest version of the link key */
export function sealOneTimeToken({ purpose, tokenId, userId, expiresAt }: OneTimeToken, key: Buffer): string {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed[0] = codes[purpose];
  signed.set(parseUuid(tokenId), 1);
  signed.set(parseUuid(userId), 17);
  signed.writeUIntBE(expiresAt.getTime(), 33, 6);
  return Buffer.concat([signed, macOf(signed, key)]).toString('base64url');
}

/** @returns null for anything that this service did not make, or that it made for another purpose (S14) */
export function readOneTimeToken(encoded: string, purpose: Purpose, keys: readonly Buffer[]): OneTimeToken | null {
  const bytes = Buffer.from(encoded, 'base64url');
  // Decoding is lenient; a token has one spelling.
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== encoded) return null;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const mac = bytes.subarray(SIGNED_BYTES);
  if (signed[0] !== codes[purpose] || !keys.some((key) => timingSafeEqual(macOf(signed, key), mac))) return null;
  return {
    purpose,
    tokenId: formatUuid(signed.subarray(1, 17)) as TokenId,
    userId: formatUuid(signed.subarray(17, 33)) as UserId,
    expiresAt: new Date(signed.readUIntBE(33, 6)),
  };
}

const macOf = (signed: Buffer, key: Buffer) =>
  createHmac('sha256', key).update('one-time-token').update(signed).digest();

/** One-time tokens, read with each version of the link key. */
export interface OneTimeTokens {
  /** @returns null for a token that this service did not make for that purpose */
  read(encoded: string, purpose: Purpose): Promise<OneTimeToken | null>;
}

export const oneTimeTokens = (linkKey: HmacKeys): OneTimeTokens => ({
  async read(encoded, purpose) {
    const token = readOneTimeToken(encoded, purpose, await linkKey.keys());
    if (token) return token;
    // Perhaps the mail was sent with a version of the key that is newer than ours.
    const newer = await linkKey.refetched();
    return newer && readOneTimeToken(encoded, purpose, newer);
  },
});
