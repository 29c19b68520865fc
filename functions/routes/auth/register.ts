/** POST /v1/auth/register */
import { dataApi } from '../../aws/data-api.ts';
import { keyring } from '../../aws/keyring.ts';
import { RegisterRequest } from '../../contracts/http.ts';
import { clientNetwork } from '../../domain/client-ip.ts';
import { newId, type OrgId, type UserId } from '../../domain/ids.ts';
import { hashPassword } from '../../domain/password-hash.ts';
import { checkNewPassword } from '../../domain/password-policy.ts';
import { Problem } from '../../domain/problem.ts';
import { pseudonymizer } from '../../domain/pseudonym.ts';
import { limit, limits } from '../../domain/rate-limit.ts';
import { publicRoute } from '../../http/route.ts';
import { settings } from '../../settings.ts';
import { admit } from '../../store/rate-limits.ts';
import { createUser } from '../../store/users.ts';

const database = dataApi();
const pseudonymKey = keyring('pseudonym');

export const handler = publicRoute({ body: RegisterRequest }, async ({ body, origin }) => {
  const { email, password, organization_name } = body;
  checkNewPassword(password, email);

  const pseudonymize = pseudonymizer((await pseudonymKey.keys())[0]);
  const perIp = limit('registerPerIp', clientNetwork(origin.ipAddress), pseudonymize, origin.now);
  const retryAfter = await admit(database, limits(perIp), origin.now);
  if (retryAfter !== null) throw new Problem('RATE_LIMITED', { retryAfter });

  const userId = newId<UserId>();
  const organization = organization_name === undefined ? null : { orgId: newId<OrgId>(), name: organization_name };
  const created = await createUser(
    database,
    {
      userId,
      email,
      passwordHash: await hashPassword(password),
      personName: body.person_name,
      locale: body.locale,
      organization,
    },
    origin,
  );
  if (!created && settings.revealExistingAccounts) throw new Problem('USER_ALREADY_EXISTS');

  // The same answer where the address had an account: nobody learns who has one (S7).
  return {
    status: 201,
    body: { user_id: userId, email, org_id: organization?.orgId ?? null, email_verification_required: true },
  };
});
