/** POST /v1/auth/register */
import * as z from 'zod/mini';
import { dataApi } from '../../aws/data-api.ts';
import { hmacKeys } from '../../aws/hmac-keys.ts';
import { RegisterRequest } from '../../contracts/http.ts';
import { emailKey } from '../../domain/email-address.ts';
import { newId, type OrgId, type TokenId, type UserId } from '../../domain/ids.ts';
import { linkEnd } from '../../domain/mailed-link.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { checkNewPassword } from '../../domain/password-policy.ts';
import { Problem } from '../../domain/problem.ts';
import { pseudonymizer } from '../../domain/pseudonym.ts';
import { limitsAt, tooMany } from '../../domain/rate-limit.ts';
import { refuseBreached } from '../../flows/new-password.ts';
import { newEmailAddressOf } from '../../http/new-email-address.ts';
import { publicRoute } from '../../http/route.ts';
import { countOutcome } from '../../runtime/metrics.ts';
import { settings } from '../../runtime/settings.ts';
import { admit } from '../../store/rate-limits.ts';
import { createUser } from '../../store/users.ts';

/** Of the request alone, whoever has the address. */
const foundedLater = () =>
  new Problem('VALIDATION_ERROR', {
    errors: [
      {
        pointer: '/organization_name',
        detail:
          settings.organizations.foundedBy === 'verified'
            ? 'verify the address first, then POST /v1/orgs'
            : 'organisations are made by administrators of the platform',
      },
    ],
  });

const database = dataApi();
const pseudonymKey = hmacKeys('pseudonym');
const passwords = await passwordHasher(settings);
const body = z.object({ ...RegisterRequest.shape, email: newEmailAddressOf(settings) });

export const handler = publicRoute({ body }, async ({ body, context }) => {
  const { email, password, organization_name } = body;
  if (organization_name && settings.organizations.foundedBy !== 'anyone') throw foundedLater();
  checkNewPassword(password, email, settings);

  const limits = limitsAt(context.now, pseudonymizer((await pseudonymKey.keys())[0]), settings);
  const exceeded = await admit(database, limits.byIp('registerPerIp', context.ipAddress), context);
  if (exceeded) {
    countOutcome('Registrations', 'rate_limit_exceeded');
    throw tooMany(exceeded);
  }
  await refuseBreached(password);

  const userId = newId<UserId>();
  const organization = organization_name === undefined ? null : { orgId: newId<OrgId>(), name: organization_name };
  const created = await createUser(
    database,
    {
      userId,
      email,
      passwordHash: await passwords.hash(password),
      profile: body,
      organization,
      verification: { tokenId: newId<TokenId>(), expiresAt: linkEnd('verify_email', context.now, settings) },
      claimEnd: linkEnd('reset_password', context.now, settings),
    },
    limits.ofMail('already_registered', emailKey(email)),
    context,
  );
  countOutcome('Registrations', created ? 'created' : 'address_taken');
  if (!created && settings.revealExistingAccounts) throw new Problem('USER_ALREADY_EXISTS');

  // The same answer where the address had an account: nobody learns who has one (S7).
  return {
    status: 201,
    body: { user_id: userId, email, org_id: organization?.orgId ?? null, email_verification_required: true },
  };
});
