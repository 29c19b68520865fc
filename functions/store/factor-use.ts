/** A factor that was right: the statement that goes by it notes its use, so that a code or step counts once (S83). */
import { type EventId, type FactorId, newId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { announceEach } from './outbox.ts';

/** What of it the flow has compared, and the row must not have had before. */
export type FactorUse = { readonly factorId: FactorId } & (
  | {
      readonly kind: 'passkey';
      readonly signCount: number;
      readonly isBackedUp: boolean;
      /**
       * It counted less than before: of a passkey that is bound to one device there may be two, of which its owner is told
       * (WebAuthn L3 §6.1.1). Those that are synced count as they like.
       */
      readonly countsBack: 'bound' | 'synced' | null;
    }
  | { readonly kind: 'totp'; readonly step: number }
  /** The MAC of the code. */
  | { readonly kind: 'recovery'; readonly codeHash: Uint8Array }
);

/** True of a row `f` that may be gone by, and whose code was not used meanwhile. */
const isGood = `(
    f.confirmed_at is not null
    and f.closed_at is null
    and (:factor_step::bigint is null or coalesce(f.last_step < :factor_step::bigint, true))
    and (:factor_code::bytea is null or :factor_code::bytea = any (f.code_hashes))
  )`;

/**
 * The CTE `factor`: a row unless the factor is gone, closed, or its code was used meanwhile. The person's row is locked
 * before, by `person`, a CTE with `user_id`. Needs `:now`.
 */
export const usesFactor = (person: string) => `
  factor as (
    update factors f
    set
      last_step = coalesce(:factor_step::bigint, f.last_step),
      code_hashes = array_remove(f.code_hashes, :factor_code::bytea),
      sign_count = coalesce(:factor_count::bigint, f.sign_count),
      is_backed_up = coalesce(:factor_backed_up::boolean, f.is_backed_up),
      misses = 0,
      last_used_at = :now::timestamptz
    from ${person}
    where
      f.factor_id = :factor_id::uuid
      and f.user_id = ${person}.user_id
      and ${isGood}
    returning f.user_id, f.factor_id, f.kind, cardinality(f.code_hashes) as codes_left
  ),
  -- Of a recovery code its owner hears each time: who has found the list would use them one by one.
  noticed_code as (${announceEach(
    'huleedu.email.notification.requested.v1',
    {
      aggregate: { type: 'email', id: ':factor_notice_id::uuid' },
      standalone: true,
      eventId: ':factor_notice_id::uuid',
      data: {
        message_id: ':factor_notice_id',
        template_id: "'recovery_code_used'",
        to: 'u.email',
        variables: "jsonb_build_object('at', :now, 'codes_left', factor.codes_left::text)",
        category: "'system'",
      },
    },
    'factor join users u using (user_id)',
  )}
    where factor.kind = 'recovery'
  )`;

/** True where no factor is gone by, or it was noted. */
export const isFactorUsed = '(:factor_id::uuid is null or exists (select from factor))';

/**
 * True of a factor that was good when the statement began, and was used before its row was free: by another request, or by
 * this statement's earlier try, which goes on after its caller has given it up. For `decide_anew`.
 */
export const isFactorTakenMeanwhile = `(
  not exists (select from factor)
  and exists (select from factors f where f.factor_id = :factor_id::uuid and ${isGood})
)`;

export const factorParameters = (use: FactorUse | null, { correlationId }: Pick<RequestContext, 'correlationId'>) => ({
  correlation_id: correlationId,
  factor_id: use?.factorId ?? null,
  factor_notice_id: newId<EventId>(),
  factor_step: use?.kind === 'totp' ? use.step : null,
  factor_code: use?.kind === 'recovery' ? use.codeHash : null,
  factor_count: use?.kind === 'passkey' ? use.signCount : null,
  factor_backed_up: use?.kind === 'passkey' ? use.isBackedUp : null,
});
