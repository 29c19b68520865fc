/** POST /v1/auth/request-email-verification, for an address or for the bearer's own. */
import { dataApi } from '../../aws/data-api.ts';
import { RequestEmailVerificationRequest } from '../../contracts/http.ts';
import { emailKey } from '../../domain/email-address.ts';
import { Problem } from '../../domain/problem.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { requestLinkByMail } from '../../flows/request-link.ts';
import { authenticate } from '../../http/authenticate.ts';
import { publicRoute } from '../../http/route.ts';
import { bearerToken } from '../../packages/verify/index.ts';
import { findCallerAddress } from '../../store/profiles.ts';

const database = dataApi();

export const handler = publicRoute({ body: RequestEmailVerificationRequest }, async ({ body, headers, context }) => {
  // A header of another scheme, a proxy's own for instance, is no token of ours.
  const isBearer = bearerToken(headers.authorization) !== undefined;
  const own = isBearer ? await unverifiedAddress(headers.authorization, body, context) : null;
  const email = body.email ?? own;
  if (email === null) throw addressMissing();
  await requestLinkByMail(database, 'verify_email', email, context);
  return {
    status: 202,
    body: {
      message: 'If the address has an account that is yet to be verified, a link is on its way.',
      correlation_id: context.correlationId,
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
  context: RequestContext,
): Promise<string> {
  const own = await findCallerAddress(database, await authenticate(authorization, context.now), context);
  if (!own) throw new Problem('TOKEN_INVALID');
  const isOwn = asked.email === undefined || emailKey(asked.email) === emailKey(own.email);
  if (isOwn && own.email_verified) throw new Problem('EMAIL_ALREADY_VERIFIED');
  return own.email;
}

const addressMissing = () =>
  new Problem('VALIDATION_ERROR', {
    errors: [{ pointer: '/email', detail: 'is needed where no access token says whose address it is' }],
  });
