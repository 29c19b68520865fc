/** Tokens by which others may register clients, where `registration.clients` is `token` (RFC 7591 §1.2, initial access tokens). */
import { validate as isUuid, v4 } from 'uuid';
import { newRegistrationToken, registrationHash } from '../../functions/domain/client-registration.ts';
import { type CorrelationId, newId, type RegistrationTokenId } from '../../functions/domain/ids.ts';
import type { Cause } from '../../functions/domain/request-context.ts';
import {
  createRegistrationToken,
  listRegistrationTokens,
  revokeRegistrationToken,
} from '../../functions/store/registration-tokens.ts';
import type { ClientOperator } from './clients.ts';

const DAY = 24 * 60 * 60 * 1000;
const MOST_DAYS = 365;

const cause = (): Cause => ({ correlationId: v4() as CorrelationId, ipAddress: null, now: new Date() });

/**
 * @param days that it counts, from now on
 * @returns the token, which is not to be seen again
 * @throws Error of one line
 */
export async function newToken({ database }: ClientOperator, name: string, days: string) {
  if (!/^\S.{0,99}$/.test(name)) throw new Error('NAME has 1 to 100 characters');
  if (!/^\d{1,3}$/.test(days) || +days < 1 || +days > MOST_DAYS) throw new Error(`DAYS is 1 to ${MOST_DAYS}`);
  const token = newRegistrationToken('iat');
  const context = cause();
  const expiresAt = new Date(context.now.getTime() + +days * DAY);
  const tokenId = newId<RegistrationTokenId>();
  await createRegistrationToken(database, { tokenId, name, hash: registrationHash(token), expiresAt }, context);
  return { token_id: tokenId, token, expires_at: expiresAt.toISOString() };
}

/** Those that count. */
export const allTokens = ({ database }: ClientOperator) => listRegistrationTokens(database, cause());

/** What was registered with it stays. @throws Error of one line where there is none */
export async function revokeToken({ database }: ClientOperator, tokenId: string): Promise<void> {
  const gone = isUuid(tokenId) && (await revokeRegistrationToken(database, tokenId as RegistrationTokenId, cause()));
  if (!gone) throw new Error(`No token ${tokenId}`);
}
