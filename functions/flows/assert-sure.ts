/** What asks for a person who authenticated within minutes was allowed, or says what has to be shown first (S85). */
import type { AccessClaims } from '../domain/access-token.ts';
import { assertAllowed, type Refusal } from '../domain/refusal.ts';
import { stepUp } from '../domain/step-up.ts';
import type { Recency, RecencySettings } from '../store/recent-authentication.ts';

/** @throws Problem of the refusal; REAUTHENTICATION_REQUIRED, INSUFFICIENT_USER_AUTHENTICATION */
export function assertSure<Verdict extends string>(
  { verdict, stale_acr: acr }: Recency & { readonly verdict: Verdict | Refusal },
  claims: Pick<AccessClaims, 'scope'>,
  { reauthenticationSeconds: maxAge }: RecencySettings,
): void {
  assertAllowed(verdict);
  if (verdict === 'stale') throw stepUp(claims, { acr, maxAge });
}
