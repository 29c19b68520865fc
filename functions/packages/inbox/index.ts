/**
 * Delivery is at least once, but effects must happen once: a consumer notes each event's id here and skips the copies.
 *
 * An effect in the database is one statement with {@link receive} as its first CTE: effect and note are both written or
 * neither, whatever fails, and a simultaneous copy waits for the outcome. An effect elsewhere (a mail) goes through
 * {@link handleOnce}: one delivery at a time holds a lease, and after a crash the next one tries again.
 */

/** Runs statements with named parameters on the database that has the table of migrations/0006_inbox.sql. */
export interface Database {
  query<Row>(sql: string, parameters: Readonly<Record<string, string | number | Date>>): Promise<Row[]>;
}

/** One event for one consumer; `consumer` is a name that never changes: `send-email`. */
export interface Delivery {
  readonly consumer: string;
  readonly event_id: string;
}

/** The right to cause the effect, as {@link settle} reads it. */
export interface Claim extends Delivery {
  /** A UUID for this try. */
  readonly claim_id: string;
}

/**
 * The body of a CTE that notes the event in a parameter, a {@link Delivery}, as handled. It has a row the first time
 * and none for a copy, so the effect selects from it: `with received as (…) update … from received`. It needs `:now`.
 */
export const receive = (parameter: string) => `
  insert into inbox (consumer, event_id, received_at, done_at)
  select consumer, event_id, :now::timestamptz, :now::timestamptz
  from jsonb_to_record(:${parameter}::jsonb) as delivery (consumer text, event_id uuid)
  on conflict do nothing
  returning event_id`;

/**
 * The body of a CTE that ends the {@link Claim} in a parameter: the effect has happened. It has a row unless another
 * delivery took over after the lease expired. It needs `:now`.
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

/** Another delivery of the event is being handled. This one must be delivered again, as the other may still fail. */
export class DeliveryInHand extends Error {
  override readonly name = 'DeliveryInHand';
}

/**
 * Causes an effect outside the database, unless it happened before. If the effect throws, the lease is given back at
 * once; after a crash it expires. A crash between the effect and {@link settle} repeats the effect: no order of the two
 * avoids that, so pass the event's id to the other side if it takes an idempotency key.
 * @param leaseSeconds longer than the effect can take: the function's timeout
 * @param effect causes it, and ends the claim by a statement with {@link settle}
 * @returns false for a copy of an event whose effect has happened
 * @throws DeliveryInHand, or what the effect throws; let either fail the function, so that the event comes again
 */
export async function handleOnce(
  database: Database,
  delivery: Delivery,
  leaseSeconds: number,
  effect: (claim: Claim) => Promise<void>,
): Promise<boolean> {
  const claim = { ...delivery, claim_id: crypto.randomUUID() };
  return causeOnce(database, claim, await take(database, claim, leaseSeconds), effect);
}

/**
 * The rest of {@link handleOnce}, for a consumer that takes the lease by a statement of its own, with {@link taken} and
 * {@link verdict} in it.
 */
export async function causeOnce(
  database: Database,
  claim: Claim,
  verdict: Verdict,
  effect: (claim: Claim) => Promise<void>,
): Promise<boolean> {
  if (verdict === 'done') return false;
  if (verdict === 'in_hand') throw new DeliveryInHand(`event ${claim.event_id} is being handled`);
  try {
    await effect(claim);
  } catch (error) {
    // The effect's error is the one to report; a lease that cannot be given back expires by itself.
    await giveBack(database, claim).catch(() => {});
    throw error;
  }
  return true;
}

export type Verdict = 'mine' | 'done' | 'in_hand';

/**
 * The CTE `taken`: the lease of the {@link Claim} whose members are parameters, for `:lease_seconds` from `:now`. It has
 * a row when the lease is had; the same claim again renews it, since that is an earlier try of this statement whose
 * answer was lost. (The SQL here has no comments: how the Data API reads one beside parameters is not documented.)
 */
export const taken = `
  taken as (
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
      and (i.leased_until <= :now::timestamptz or i.claim_id = excluded.claim_id)
    returning event_id
  )`;

/** A {@link Verdict}, beside {@link taken}. */
export const verdict = `
  case
    when exists (select from taken) then 'mine'
    when exists (
      select
      from inbox
      where consumer = :consumer and event_id = :event_id::uuid and done_at is not null
    ) then 'done'
    else 'in_hand'
  end`;

/** Takes only the lease, until it expires; the same claim again renews it. */
export async function take(database: Database, claim: Claim, leaseSeconds: number): Promise<Verdict> {
  const [row] = await database.query<{ verdict: Verdict }>(`with ${taken} select ${verdict} as verdict`, {
    ...claim,
    lease_seconds: leaseSeconds,
    now: new Date(),
  });
  return row?.verdict ?? 'in_hand';
}

/** Ends a lease early, unless another delivery has it by now. */
export async function giveBack(database: Database, { consumer, event_id, claim_id }: Claim): Promise<void> {
  await database.query(
    `
    update inbox
    set leased_until = :now::timestamptz
    where consumer = :consumer and event_id = :event_id::uuid and claim_id = :claim_id::uuid and done_at is null`,
    { consumer, event_id, claim_id, now: new Date() },
  );
}
