/** What statements return when they refuse a request, and the problem for each. */
import { demandedAcr } from './authentication-level.ts';
import { Problem, type ProblemCode } from './problem.ts';
import { stepUp } from './step-up.ts';

const refusals = {
  /** The caller signed out, or was deleted, after the token was made. */
  caller_gone: ['TOKEN_INVALID'],
  /** Also for what belongs to another organisation: ids reveal nothing (S38). */
  not_found: ['RESOURCE_NOT_FOUND'],
  forbidden: ['FORBIDDEN'],
  /** The session is below the level that is demanded for this (S86). */
  too_weak: ['REAUTHENTICATION_REQUIRED'],
  unproved: ['EMAIL_NOT_VERIFIED', 'Verify your own address first. Until then, you cannot act on other accounts.'],
  no_founder: ['FORBIDDEN', 'Only administrators of the platform create organisations. They then invite the owners.'],
  last_owner: ['CONFLICT', 'An organisation with members must keep at least one owner.'],
  already_member: ['CONFLICT', 'This address belongs to a member.'],
  too_many_organizations: ['CONFLICT', 'This account is already in as many organisations as are allowed.'],
  own_account: ['CONFLICT', 'Administrators cannot do this to their own account.'],
  no_mailbox: [
    'CONFLICT',
    'Nobody has proved the address of this account, so no link can go there. A reset link for the password proves it, and removes the factors.',
  ],
  no_password: [
    'CONFLICT',
    'The mailed link counts beside a password alone, and there is none. The owner of the account sets one with a reset link first.',
  ],
  own_address: ['CONFLICT', 'This is the address of the account already.'],
  lately_changed: [
    'CONFLICT',
    'The address was changed in the last three days, in which the one before may undo that. Then it can be changed again.',
  ],
  no_factor_of_own: [
    'CONFLICT',
    'This would ask you for a second factor within a day, and you have none. Set one up first, or name a later day.',
  ],
  invitation_invalid: ['INVITATION_TOKEN_INVALID'],
  client_taken: ['CONFLICT', 'Another client has this id.'],
  shows_no_secret: ['CONFLICT', 'This client shows no secret.'],
  last_secret: ['CONFLICT', 'This client has no other secret. Give it another one first.'],
  other_source: [
    'CONFLICT',
    'This client comes from the settings of the stage, and is changed and removed there alone.',
  ],
  audience_of_client: ['CONFLICT', 'One of the audiences is a client that gets ID tokens, which would open it too.'],
  factors_reset: [
    'FORBIDDEN',
    'An administrator has taken the factors of this account. The link that was mailed then lets it have others.',
  ],
  no_second_factor: ['CONFLICT', 'Recovery codes stand in for a passkey or an authenticator app. Set one up first.'],
  nothing_set_up: ['CONFLICT', 'No authenticator app is being set up. Begin again.'],
  other_address: ['FORBIDDEN', 'The invitation is for another address.'],
  passkey_taken: ['CONFLICT', 'This passkey is there already.'],
  too_many_passkeys: ['CONFLICT', 'This account has as many passkeys as are allowed. Remove one first.'],
  last_way_in: ['CONFLICT', 'There would be no way into the account any more. Set a password first.'],
  challenge_over: ['CHALLENGE_INVALID'],
} as const satisfies Record<string, readonly [code: ProblemCode, detail?: string]>;

export type Refusal = keyof typeof refusals;

/** @throws Problem unless what was asked for was done */
export function assertAllowed<Verdict extends string>(
  verdict: Verdict | Refusal,
): asserts verdict is Exclude<Verdict, Refusal> {
  if (verdict in refusals) throw refused(verdict as Refusal);
}

export function refused(refusal: Refusal): Problem {
  if (refusal === 'too_weak') return stepUp({}, { acr: demandedAcr });
  const [code, detail]: readonly [ProblemCode, string?] = refusals[refusal];
  return new Problem(code, detail === undefined ? {} : { detail });
}
