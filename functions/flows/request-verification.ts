/** Asking for a verification link: for an address, or for the own of whoever is signed in. */
import type { AccessClaims } from '../domain/access-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from '../store/database.ts';
import { findCallerAddress } from '../store/profiles.ts';
import { type RequestLinkNeeds, requestLinkByMail } from './request-link.ts';

/** @throws Problem VALIDATION_ERROR without either; TOKEN_INVALID, EMAIL_ALREADY_VERIFIED; RATE_LIMITED */
export async function requestVerification(
  needs: RequestLinkNeeds,
  { email, claims }: { readonly email: string | undefined; readonly claims: AccessClaims | null },
  context: RequestContext,
): Promise<void> {
  const own = claims && (await unverifiedAddress(needs.database, claims, email, context));
  const address = email ?? own;
  if (address === null) throw addressMissing();
  await requestLinkByMail(needs, 'verify_email', address, context);
}

/**
 * Only its owner learns that the address is verified already: anyone else would learn that there is an account.
 * @throws Problem EMAIL_ALREADY_VERIFIED when it is asked for, or nothing else is
 */
async function unverifiedAddress(
  database: Database,
  claims: AccessClaims,
  asked: string | undefined,
  context: RequestContext,
): Promise<string> {
  const own = await findCallerAddress(database, claims, context);
  if (!own) throw new Problem('TOKEN_INVALID');
  const isOwn = asked === undefined || emailKey(asked) === emailKey(own.email);
  if (isOwn && own.email_verified) throw new Problem('EMAIL_ALREADY_VERIFIED');
  return own.email;
}

const addressMissing = () =>
  new Problem('VALIDATION_ERROR', {
    errors: [{ pointer: '/email', detail: 'is needed where no access token says whose address it is' }],
  });
