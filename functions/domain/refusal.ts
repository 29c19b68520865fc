/** What statements answer instead of doing what was asked, and the problem that each is. */
import { Problem, type ProblemCode } from './problem.ts';

const refusals = {
  /** Signed out, or deleted, since the token was made. */
  caller_gone: ['TOKEN_INVALID'],
  /** Also for what is another organisation's: an id reveals nothing (S38). */
  not_found: ['RESOURCE_NOT_FOUND'],
  forbidden: ['FORBIDDEN'],
  unproved: ['EMAIL_NOT_VERIFIED', 'Verify your own address first: until then your account is for you alone.'],
  no_founder: ['FORBIDDEN', 'Organisations are made by administrators of the platform, who then invite their owners.'],
  last_owner: ['CONFLICT', 'An organisation with members keeps at least one owner.'],
  already_member: ['CONFLICT', 'This address belongs to a member.'],
  too_many_organizations: ['CONFLICT', 'This account is in as many organisations as it may be.'],
  own_account: ['CONFLICT', 'An administrator cannot lock the own account.'],
  invitation_invalid: ['INVITATION_TOKEN_INVALID'],
  other_address: ['FORBIDDEN', 'The invitation is for another address.'],
} as const satisfies Record<string, readonly [code: ProblemCode, detail?: string]>;

export type Refusal = keyof typeof refusals;

/** @throws Problem unless what was asked for was done */
export function assertAllowed<Verdict extends string>(
  verdict: Verdict | Refusal,
): asserts verdict is Exclude<Verdict, Refusal> {
  if (!(verdict in refusals)) return;
  const [code, detail]: readonly [ProblemCode, string?] = refusals[verdict as Refusal];
  throw new Problem(code, detail === undefined ? {} : { detail });
}
