/** A factor that was right: the statement that goes by it notes its use, so that a code or step counts once (S83). */
import type { FactorId } from '../domain/ids.ts';

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
      and f.confirmed_at is not null
      and f.closed_at is null
      and (:factor_step::bigint is null or coalesce(f.last_step < :factor_step::bigint, true))
      and (:factor_code::bytea is null or :factor_code::bytea = any (f.code_hashes))
    returning f.user_id, f.factor_id, f.kind
  )`;

/** True where no factor is gone by, or it was noted. */
export const isFactorUsed = '(:factor_id::uuid is null or exists (select from factor))';

export const factorParameters = (use: FactorUse | null) => ({
  factor_id: use?.factorId ?? null,
  factor_step: use?.kind === 'totp' ? use.step : null,
  factor_code: use?.kind === 'recovery' ? use.codeHash : null,
  factor_count: use?.kind === 'passkey' ? use.signCount : null,
  factor_backed_up: use?.kind === 'passkey' ? use.isBackedUp : null,
});
