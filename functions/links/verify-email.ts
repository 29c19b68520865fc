/** Redeeming a verification link: what POST /v1/auth/verify-email and the page behind the link both do. */
import { dataApi } from '../aws/data-api.ts';
import type { Origin } from '../domain/origin.ts';
import { redeemVerification } from '../store/one-time-tokens.ts';
import { deadLink, readLink } from './read-link.ts';

const database = dataApi();

/** @throws Problem VERIFICATION_TOKEN_INVALID, VERIFICATION_TOKEN_EXPIRED, RATE_LIMITED */
export async function verifyEmail(encoded: string, origin: Origin): Promise<void> {
  const token = await readLink(database, encoded, 'verify_email', origin);
  if (!(await redeemVerification(database, token, origin))) throw deadLink('verify_email');
}
