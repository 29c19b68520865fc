/**
 * Delivery is at least once, effects are to be once: a consumer notes each event's id here and passes over the copies.
 *
 * An effect in the database is one statement with {@link receive} as its first CTE: effect and note are both there or
 * neither, whatever dies, and a copy that comes at the same moment waits for the outcome. An effect elsewhere (a mail)
 * goes through {@link handleOnce}: one delivery at a time holds a lease, a crash lets the next one try again.
 */

/** The database that has the table of migrations/0006_inbox.sql: whatever runs a statement with named parameters. */
export interface Database {
  query<Row>(sql: string, parameters: Readonly<Record<string, string | number | Date>>): Promise<Row[]>;
}

/** One event for one consumer; `consumer` is its lasting name, `send-email`. */
export interface Delivery {
  readonly consumer: string;
  readonly event_id: string;
}

/** The right to make the effect, as {@link settle} reads it. */
export interface Claim extends Delivery {
  /** A UUID of whoever tries. */
  readonly claim_id: string;
}

/**
 * The body of a CTE that notes the event in a parameter, a {@link Delivery}, as handled. It has a row the first time
 * and none for a copy, so the effect selects from it: `with received as (…) update … from received`. Needs `:now`.
 */
export const receive = (parameter: string) => `
  insert into inbox (consumer, event_id, received_at, done_at)
  select consumer, event_id, :now::timestamptz, :now::timestamptz
  from jsonb_to_record(:${parameter}::jsonb) as delivery (consumer text, event_id uuid)
  on conflict do nothing
  returning event_id`;

/**
 * The body of a CTE that ends the {@link Claim} in a parameter: the effect was made. It has a row unless another
 * delivery took over when the lease had run out. Needs `:now`.
 */
export const settle = (parameter: string) => `
  update inbox i
  set done_at = :now::timestamptz
  from jsonb_to_record(:${parameter}::jsonb) as claim (consumer text, event_id uuid, claim_id uuid)
  where
    i.consumer = claim.consumer
    and i.event_id = claim.event_id
    and i.claim_id = claim.claim_id
    and i.done_at is null
  returning i.event_id`;

/** Another delivery of the event is at work on it: to be delivered again, for that one may yet fail. */
export class DeliveryInHand extends Error {
  override readonly name = 'DeliveryInHand';
}

/**
 * Makes an effect outside the database, unless it was made before. If it throws, the lease is given back at once; if
 * everything dies, it runs out. Dying between the effect and its settling repeats the effect: no order of the two
 * avoids that, so let the other side know the event's id where it can.
 * @param leaseSeconds longer than the effect can take: the function's timeout
 * @param effect makes it, and ends the claim by a statement with {@link settle}
 * @returns false for a copy of an event whose effect was made
 * @throws DeliveryInHand, or what the effect throws; let either fail the function, so that the event comes again
 */
export async function handleOnce(
  database: Database,
  delivery: Delivery,
  leaseSeconds: number,
  effect: (claim: Claim) => Promise<void>,
): Promise<boolean> {
  const claim = { ...delivery, claim_id: crypto.randomUUID() };
  const verdict = await take(database, claim, leaseSeconds);
  if (verdict === 'done') return false;
  if (verdict === 'in_hand') throw new DeliveryInHand(`event ${delivery.event_id} is being handled`);
  try {
    await effect(claim);
  } catch (error) {
    // What went wrong is the effect's error; a lease that cannot be given back runs out by itself.
    await giveBack(database, claim).catch(() => {});
    throw error;
  }
  return true;
}

/** The lease alone, for as long as it runs; the same claim again renews it. */
export async function take(
  database: Database,
  claim: Claim,
  leaseSeconds: number,
): Promise<'mine' | 'done' | 'in_hand'> {
  const [row] = await database.query<{ verdict: 'mine' | 'done' | 'in_hand' }>(
    `
    with taken as (
      insert into inbox as i (consumer, event_id, claim_id, leased_until, received_at)
      values (
        :consumer, :event_id::uuid, :claim_id::uuid,
        :now::timestamptz + make_interval(secs => :lease_seconds), :now::timestamptz
      )
      on conflict (consumer, event_id) do update set
        claim_id = excluded.claim_id,
        leased_until = excluded.leased_until
      where
        i.done_at is null
        -- The same claim again: this statement's earlier try, whose answer was lost.
        and (i.leased_until <= :now::timestamptz or i.claim_id = excluded.claim_id)
      returning event_id
    )
    select
      case
        when exists (select from taken) then 'mine'
        when exists (
          select
          from inbox
          where consumer = :consumer and event_id = :event_id::uuid and done_at is not null
        ) then 'done'
        else 'in_hand'
      end as verdict`,
    { ...claim, lease_seconds: leaseSeconds, now: new Date() },
  );
  return row?.verdict ?? 'in_hand';
}

/** Ends a lease early, unless another has it by now. */
export async function giveBack(database: Database, { consumer, event_id, claim_id }: Claim): Promise<void> {
  await database.query(
    `
    update inbox
    set leased_until = :now::timestamptz
    where consumer = :consumer and event_id = :event_id::uuid and claim_id = :claim_id::uuid and done_at is null`,
    { consumer, event_id, claim_id, now: new Date() },
  );
}
