/** The fields of events that are personal, and what erasure leaves of each (S72): see personal-data.ts. */
import type { EventData, Topic } from '../contracts/events/registry.ts';

/** In place of an address in an event that was sent, or is still to be (RFC 2606 §2: nobody's). */
export const ERASED_ADDRESS = 'erased@identity.invalid';

/**
 * What erasure leaves in an event in place of a personal field: a value that the field's schema allows, or null, which
 * leaves an optional field out.
 */
export type Erased = string | object | null;

type FieldName<T extends Topic = Topic> = T extends Topic ? keyof EventData<T> & string : never;

/**
 * The fields of events that say something of a person beyond an id, with what is left of each. Erasure goes by the
 * name, so a name means the same in every event.
 */
export const personalEventFields = {
  email: ERASED_ADDRESS,
  to: ERASED_ADDRESS,
  // Of a mail: devices, addresses, names.
  variables: {},
} as const satisfies Partial<Record<FieldName, Erased>>;

/** The others: ids, times, states, amounts, and what only events of other services have, which are not kept here. */
export const otherEventFields = [
  'user_id',
  'org_id',
  'session_id',
  'correlation_id',
  'message_id',
  'token_id',
  'verification_token',
  'registered_at',
  'verified_at',
  'expires_at',
  'reset_at',
  'timestamp',
  'changed_at',
  'revoked_at',
  'locked_until',
  'claimed_at',
  'deleted_at',
  'at',
  'reason',
  'roles',
  'template_id',
  'category',
  'provider',
  'sent_at',
  'failed_at',
  'subject',
  'plan_id',
  'old_plan_id',
  'new_plan_id',
  'activated_at',
  'canceled_at',
  'metric',
  'amount',
  'authorization_id',
  'period_start',
  'period_end',
  'delta',
  'new_balance',
  'limit',
  'window_seconds',
  'resource_id',
  'email_hash',
  'rights',
  'client_id',
  'sid',
  'factor',
  'scopes',
  'resources',
  'granted_at',
  'withdrawn_at',
  // Of an organisation.
  'level_2_required',
  'level_2_roles',
  'level_2_from',
  'shared_devices',
  // Of a client.
  'name',
  'kind',
] as const satisfies readonly Exclude<FieldName, keyof typeof personalEventFields>[];

/** Does not compile while a field of some event is named in neither of the two. */
type Undeclared = Exclude<FieldName, keyof typeof personalEventFields | (typeof otherEventFields)[number]>;
true satisfies [Undeclared] extends [never] ? true : { undeclared: Undeclared };
