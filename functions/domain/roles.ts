/** Who may grant what in an organisation. Routes, statements and tests go by this one table. */

/**
 * From the highest down. Whoever holds one manages members, and may grant and take that role, those after it, and all
 * that are not here: `teacher`, `member`, and the tenant's own, which are names to us.
 */
export const managingRoles = ['owner', 'admin'] as const;

/** 0 for whoever manages no members; rises to the owner's. */
export function rankOf(roles: readonly string[]): number {
  return Math.max(0, ...managingRoles.map((role, index) => (roles.includes(role) ? managingRoles.length - index : 0)));
}

export const MANAGES = rankOf(['admin']);
export const OWNS = rankOf(['owner']);

/** Of a person's `platform_roles`: support actions on every account (functions/routes/admin). */
export const PLATFORM_ADMIN = 'admin';
