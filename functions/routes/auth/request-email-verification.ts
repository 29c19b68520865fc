/** POST /v1/auth/request-email-verification, for an address or for the bearer's own. */
import { dataApi } from '../../aws/data-api.ts';
import { RequestEmailVerificationRequest } from '../../contracts/http.ts';
import { emailKey } from '../../domain/email-address.ts';
import type { Origin } from '../../domain/origin.ts';
import { Problem } from '../../domain/problem.ts';
import { authenticate } from '../../http/authenticate.ts';
import { publicRoute } from '../../http/route.ts';
import { requestLinkByMail } from '../../links/request-link.ts';
import { findCallerAddress } from '../../store/profiles.ts';
import { bearerToken } from '../../verify.ts';

const database = dataApi();

export const handler = publicRoute({ body: RequestEmailVerificationRequest }, async ({ body, headers, origin }) => {
  // A header of another scheme, a proxy's own for instance, is no token of ours.
  const isBearer = bearerToken(headers.authorization) !== undefined;
  const own = isBearer ? await unverifiedAddress(headers.authorization, body, origin) : null;
  const email = body.email ?? own;
  if (email === null) throw addressMissing();
  await requestLinkByMail(database, 'verify_email', email, origin);
  return {
    status: 202,
    body: {
      message: 'If the address has an account that is yet to be verified, a link is on its way.',
      correlation_id: origin.correlationId,
    },
  };
});

/**
 * The bearer's address. Only its owner is told that it is verified already: to anyone else that would say that there
 * is an account.
 * @throws Problem EMAIL_ALREADY_VERIFIED when it is asked for, or nothing else is
 */
async function unverifiedAddress(
  authorization: string | undefined,
  asked: { readonly email?: string | undefined },
  origin: Origin,
): Promise<string> {
  const own = await findCallerAddress(database, await authenticate(authorization, origin.now), origin);
  if (!own) throw new Problem('TOKEN_INVALID');
  const isOwn = asked.email === undefined || emailKey(asked.email) === emailKey(own.email);
  if (isOwn && own.email_verified) throw new Problem('EMAIL_ALREADY_VERIFIED');
  return own.email;
}

const addressMissing = () =>
  new Problem('VALIDATION_ERROR', {
    errors: [{ pointer: '/email', detail: 'is needed where no access token says whose address it is' }],
  });
