/** Settings of issuers whose tokens show which machine client a workload is (functions/domain/trusted-issuer.ts). */
import { z } from 'zod';
import { issuerAlgorithms, keySetFault } from '../../../functions/domain/client-keys.ts';
import {
  type ClaimPatterns,
  GITHUB_ISSUER,
  isPattern,
  isPinned,
  STS_ISSUER,
} from '../../../functions/domain/trusted-issuer.ts';
import { seconds } from './units.ts';

const pattern = z
  .string()
  .refine(isPattern, 'must be a pattern: a text with at most one * between two colons or slashes, and not * alone');
const claims: z.ZodType<ClaimPatterns> = z.record(z.string().min(1), z.union([pattern, z.lazy(() => claims)]));

/** Plain http is for this machine; what functions may fetch from decides there (S78). */
const address = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => url.startsWith('https:') || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url),
    'must begin with https:',
  );

export const trustedIssuerSettings = z
  .array(
    z
      .strictObject({
        /** As its tokens have it in `iss`, byte by byte. */
        issuer: address,
        /** What it signs with. */
        algorithms: z.array(z.enum(issuerAlgorithms)).min(1).default(['RS256']),
        /** The only audience of its tokens; the stage's issuer by default. */
        audience: z.string().min(1).max(1_000).optional(),
        /** How long a token of it may be valid in all, seconds. It counts until its end, as often as it comes. */
        maxSeconds: seconds.min(60).max(86_400).default(3_600),
        /** Where its keys are, if it has no discovery document that says so. */
        jwksUri: address.optional(),
        /** Its keys, for one that nobody can reach: `kubectl get --raw /openid/v1/jwks`. */
        jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
        /** Which claims are which machine client. A token that fits two clients is refused. */
        workloads: z
          .array(
            z.strictObject({
              client: z.string().min(1),
              claims: claims.refine((given) => textsIn(given).length > 0, 'must name a claim'),
            }),
          )
          .min(1),
      })
      .superRefine(({ issuer, algorithms, jwks, jwksUri, workloads }, context) => {
        const add = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
        if (jwks && jwksUri) add(['jwksUri'], 'must not be beside jwks');
        const fault = jwks && keySetFault(jwks, algorithms);
        if (fault) add(['jwks'], fault);
        for (const [index, { claims: given }] of workloads.entries()) {
          const message = claimsFault(issuer, given);
          if (message) add(['workloads', index, 'claims'], message);
        }
      }),
  )
  .max(20)
  .refine(
    (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
    'must name each issuer once',
  )
  .default([]);

export type TrustedIssuerSettings = z.output<typeof trustedIssuerSettings>;

const textsIn = (given: ClaimPatterns): string[] =>
  Object.values(given).flatMap((value) => (typeof value === 'string' ? [value] : textsIn(value)));

/** Any of these says whose workflow it is. */
const OWNERS = ['sub', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id'];

/** A pattern that strangers fit, too, would give them the client. */
function claimsFault(issuer: string, given: ClaimPatterns): string | null {
  if (!textsIn(given).some(isPinned)) return 'must have a claim without *, or with none before its first slash';
  if (STS_ISSUER.test(issuer) && 'sub' in given) {
    return 'must not name sub, which may be whoever the caller acts for: name principal_id in https://sts.amazonaws.com/';
  }
  const owned = OWNERS.some((name) => typeof given[name] === 'string' && isPinned(given[name]));
  return issuer === GITHUB_ISSUER && !owned
    ? `must say whose repository it is, since all have tokens of this issuer: ${OWNERS.join(', ')}`
    : null;
}
