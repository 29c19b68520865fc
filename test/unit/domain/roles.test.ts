import { describe, expect, it } from 'vitest';
import { roles as rolesSchema } from '../../../functions/contracts/http/organizations.ts';
import { accessClaims, PLATFORM_PREFIX, signingInput } from '../../../functions/domain/access-token.ts';
import type { OrgId, SessionId, UserId } from '../../../functions/domain/ids.ts';
import { MANAGES, managingRoles, OWNS, rankOf } from '../../../functions/domain/roles.ts';
import { defaultSettings } from '../../support/settings.ts';

const ID = '0198c0de-0000-7000-8000-000000000000';
/** The most roles that the schema accepts. */
const most = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(15, 'r'));

describe('who may grant what', () => {
  it('S39: depends on the highest role that a person has', () => {
    expect(managingRoles).toEqual(['owner', 'admin']);
    expect(rankOf(['teacher', 'admin'])).toBe(MANAGES);
    expect(rankOf(['admin', 'member', 'owner'])).toBe(OWNS);
    expect(rankOf(['member', 'headmaster', 'owners'])).toBe(0);
    expect(OWNS).toBeGreaterThan(MANAGES);
  });
});

describe('role names', () => {
  it('are the tenant’s own, in lower case', () => {
    expect(rolesSchema.safeParse(['teacher', 'house-tutor', 'year_7']).success).toBe(true);
    expect(rolesSchema.safeParse(most).success).toBe(true);
  });

  it('S39: cannot look like a platform role', () => {
    expect(rolesSchema.safeParse([`${PLATFORM_PREFIX}admin`]).success).toBe(false);
  });

  it.each([
    ['1.6 KiB', null, 1638],
    ['1.8 KiB with a status list', 2 ** 31, 1843],
  ])(
    'leave a token within %s: 20 of them at their longest, a platform role, a long issuer',
    (_, statusIndex, mostBytes) => {
      const settings = { ...defaultSettings, issuer: `https://${'a'.repeat(63)}.example.com` };
      const subject = {
        user_id: ID as UserId,
        email_verified: true,
        org_id: ID as OrgId,
        roles: most,
        platform_roles: ['admin'],
      };
      const claims = accessClaims(
        subject,
        {
          sessionId: ID as SessionId,
          now: new Date(),
          level: { acr: 'urn:identity:acr:1', amr: ['pwd', 'otp', 'mfa'] },
          statusIndex,
        },
        settings,
      );
      const unsigned = signingInput(claims, 'k'.repeat(43));
      const signature = Math.ceil((256 * 4) / 3);
      expect(unsigned.length + 1 + signature).toBeLessThanOrEqual(mostBytes);
    },
  );
});
