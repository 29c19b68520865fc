/** Registering an account, with an organisation of its own where the stage allows that. */
import type { GivenProfile } from '../contracts/http/profile.ts';
import { emailKey } from '../domain/email-address.ts';
import { newId, type OrgId, type TokenId, type UserId } from '../domain/ids.ts';
import { type LinkLifetimes, linkEnd } from '../domain/mailed-link.ts';
import { checkNewPassword, type PasswordSettings } from '../domain/password-policy.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { countOutcome } from '../runtime/metrics.ts';
import { NO_PASSWORD } from '../store/claims.ts';
import { admit } from '../store/rate-limits.ts';
import { createUser } from '../store/users.ts';
import type { Needing } from './needs.ts';
import { refuseBreached } from './refuse-breached.ts';

type FoundingSettings = { readonly organizations: Pick<Settings['organizations'], 'foundedBy'> };

export type RegisterNeeds = Needing<
  'database' | 'pseudonyms' | 'passwords' | 'isBreached',
  LimitSettings &
    LinkLifetimes &
    PasswordSettings &
    FoundingSettings &
    Pick<Settings, 'revealExistingAccounts' | 'emailLogin'>
>;

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly organizationName: string | undefined;
  readonly profile: GivenProfile;
  /** Where the form decides it; the same one once more is the same registration. */
  readonly userId?: UserId;
}

/** The same where the address had an account: nobody learns who has one (S7). */
export interface Registered {
  readonly userId: UserId;
  readonly orgId: OrgId | null;
}

/** @throws Problem VALIDATION_ERROR, PASSWORD_REJECTED, RATE_LIMITED; USER_ALREADY_EXISTS in a stage that reveals it */
export async function register(
  { database, settings, ...needs }: RegisterNeeds,
  { email, password, organizationName, profile, userId = newId<UserId>() }: Registration,
  context: RequestContext,
): Promise<Registered> {
  const { foundedBy } = settings.organizations;
  if (organizationName && foundedBy !== 'anyone') throw foundedLater(foundedBy);
  // One that nobody can sign in with is not kept.
  const isKept = settings.emailLogin !== 'only';
  if (isKept) checkNewPassword(password, email, settings);

  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const exceeded = await admit(database, limits.byIp('registerPerIp', context.ipAddress), context);
  if (exceeded) {
    countOutcome('Registrations', 'rate_limit_exceeded');
    throw tooMany(exceeded);
  }
  if (isKept) await refuseBreached(needs, password);

  const organization = organizationName === undefined ? null : { orgId: newId<OrgId>(), name: organizationName };
  const created = await createUser(
    database,
    {
      userId,
      email,
      passwordHash: isKept ? await needs.passwords.hash(password) : NO_PASSWORD,
      profile,
      organization,
      verification: { tokenId: newId<TokenId>(), expiresAt: linkEnd('verify_email', context.now, settings) },
      claimEnd: linkEnd('reset_password', context.now, settings),
    },
    limits.ofMail('already_registered', emailKey(email)),
    context,
  );
  countOutcome('Registrations', created ? 'created' : 'address_taken');
  if (!created && settings.revealExistingAccounts) throw new Problem('USER_ALREADY_EXISTS');
  return { userId, orgId: organization?.orgId ?? null };
}

/** Of the request alone, whoever has the address. */
const foundedLater = (foundedBy: 'verified' | 'admins') =>
  new Problem('VALIDATION_ERROR', {
    errors: [
      {
        pointer: '/organization_name',
        detail:
          foundedBy === 'verified'
            ? 'verify the address first, then POST /v1/orgs'
            : 'organisations are made by administrators of the platform',
      },
    ],
  });
