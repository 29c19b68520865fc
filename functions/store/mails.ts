/** What sending a mail needs of the database: what it tells, who it is for, and noting what became of it. */

import { emailKey } from '../domain/email-address.ts';
import type { Recipient } from '../domain/mail/compose.ts';
import type { MailTopic } from '../domain/mail/topics.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import { type Claim, type Delivery, settle, taken, type Verdict, verdict } from '../packages/inbox/index.ts';
import type { Database } from './database.ts';
import { changeAddresses, changeFacts, changeLink } from './email-change-mails.ts';
import { announce, type NewEvent } from './outbox.ts';
import { count, exceeded, readExceeded } from './rate-limits.ts';

/** An event as it was delivered: where to look, and no more than that. */
export interface DeliveredEvent {
  readonly event_id: string;
  readonly topic: MailTopic;
  /** Of an account's mail that names it by address. */
  readonly to: string | null;
}

/** An event of ours, as its own row has it. */
export interface OwnEvent {
  /** The event's. */
  readonly data: object;
  /** Null where no recipient is left: the account is gone, the invitation taken back or replaced. */
  readonly recipient: Recipient | null;
}

type OwnRow = Omit<Recipient, 'email' | 'link' | 'invitation' | 'change' | 'unproved'> & {
  readonly data: string;
  readonly email: string | null;
  readonly link: string | null;
  readonly invitation: string | null;
  readonly change: string | null;
  readonly unproved: string | null;
};

/**
 * What this service announced under the id, and whom that concerns, by its own rows alone (S58): of the copy that was
 * delivered nothing counts but the id, since anybody who may put events on the bus can write one, with an id seen there.
 * @returns null for what is not ours, or so old that it was swept
 */
export async function findOwnEvent(
  database: Database,
  { event_id, topic, to }: DeliveredEvent,
): Promise<OwnEvent | null> {
  const [row] = await database.query<OwnRow>(
    `
    select
      e.data::text as data,
      -- The link's own row says where it goes.
      case e.data ->> 'template_id'
        when 'invitation' then i.email
        ${changeAddresses}
        else u.email
      end as email,
      -- To somebody new in the language of who invites.
      coalesce(u.locale, by.locale) as locale,
      t.created_at is not null and t.created_at = u.registered_at as is_new,
      exists (
        select from one_time_tokens v where v.user_id = u.user_id and v.purpose = 'verify_email'
      ) as verification_due,
      coalesce(u.locked_until > :now::timestamptz, false) as locked_by_administrator,
      case
        when t.token_id is not null then jsonb_strip_nulls(jsonb_build_object(
          'purpose', t.purpose, 'token_id', t.token_id, 'user_id', t.user_id, 'expires_at', t.expires_at,
          'asked', case when t.login_hash is not null then jsonb_build_object(
            'at', (extract(epoch from t.created_at) * 1000)::bigint, 'ip', t.asked_ip,
            'user_agent', t.asked_user_agent, 'login_hash', encode(t.login_hash, 'hex')
          ) end
        ))
        when c.change_id is not null then ${changeLink}
        when i.token_id is not null then jsonb_build_object(
          'purpose', 'invitation', 'token_id', i.token_id, 'user_id', i.invited_by, 'expires_at', i.expires_at
        )
      end as link,
      case when i.token_id is not null then jsonb_build_object(
        'organization', o.name, 'inviter', case when by.email_verified_at is not null then by.email end
      ) end as invitation,
      ${changeFacts} as change,
      case
        when u.email_verified_at is null then jsonb_build_object(
          'registered_at', (extract(epoch from u.registered_at) * 1000)::bigint,
          'registered_ip', u.registered_ip,
          'registered_user_agent', u.registered_user_agent
        )
      end as unproved
    from event_outbox e
    left join invitations i
      on e.data ->> 'template_id' = 'invitation' and i.token_id = (e.data #>> '{variables,token_id}')::uuid
    left join organizations o on o.org_id = i.org_id
    left join users by on by.user_id = i.invited_by
    left join email_changes c on c.change_id = (e.data #>> '{variables,change_id}')::uuid
    left join users u
      on u.user_id = coalesce((e.data ->> 'user_id')::uuid, c.user_id)
      or u.email_key = case
        when c.change_id is not null then null
        when i.token_id is not null then i.email_key
        when e.data ->> 'to' = :to then :email_key
      end
    left join one_time_tokens t
      on t.token_id = coalesce(
        e.data ->> 'verification_token', e.data ->> 'token_id', e.data #>> '{variables,token_id}'
      )::uuid
      and t.user_id = u.user_id
    where e.event_id = :event_id::uuid and e.topic = :topic`,
    { event_id, topic, to, email_key: to === null ? null : emailKey(to), now: new Date() },
  );
  if (!row) return null;
  const { data, email, link, invitation, change, unproved, ...recipient } = row;
  return {
    data: JSON.parse(data),
    recipient:
      email === null
        ? null
        : {
            ...recipient,
            email,
            link: parsed(link),
            invitation: parsed(invitation),
            change: parsed(change),
            unproved: parsed(unproved),
          },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that the statement above has built.
const parsed = (json: string | null): any => json && JSON.parse(json);

/** A mail that another service asks for: what is to be known before it is written. */
export interface Admission {
  /** Of the account with the address, if there is one. */
  readonly locale: string | null;
  /** It is the first delivery, and was counted. */
  readonly fresh: boolean;
  /** The limit that the request is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
}

/** Counts the request, at its first delivery alone: what SES was too busy for is not another one. */
export async function admitRequest(
  database: Database,
  address: string,
  delivery: Delivery,
  limits: readonly Limit[],
): Promise<Admission> {
  const [row] = await database.query<Omit<Admission, 'exceeded'> & { exceeded: string | null }>(
    `
    with fresh as (
      select
      where not exists (select from inbox where consumer = :consumer and event_id = :event_id::uuid)
    ),
    ${count('limits', 'fresh')}
    select
      (select locale from users where email_key = :email_key) as locale,
      exists (select from fresh) as fresh,
      ${exceeded} as exceeded`,
    { ...delivery, email_key: emailKey(address), limits, now: new Date() },
  );
  if (!row) throw new Error('admission returned no row');
  return { ...row, exceeded: readExceeded(row.exceeded) };
}

/** A mail that is about to be passed on. */
export interface OutgoingMail {
  /** HMAC of the address's key. */
  readonly addressKey: Uint8Array;
  readonly emailKey: string;
  /** Of whoever asked for it. */
  readonly messageId: string;
  /** It has a link that proves the address. */
  readonly hasLink: boolean;
}

/**
 * Takes the lease of the mail's event, and notes the mail, which SES reports on as soon as it has it.
 * @returns whether the address gets no such mail: it bounced, or its reader complained
 */
export async function takeMail(
  database: Database,
  claim: Claim,
  leaseSeconds: number,
  { addressKey, emailKey, messageId, hasLink }: OutgoingMail,
): Promise<{ readonly verdict: Verdict; readonly stopped: boolean }> {
  const [row] = await database.query<{ verdict: Verdict; stopped: boolean }>(
    `
    with ${taken},
    addressee as (select user_id from users where email_key = :email_key),
    stopping as (
      select address_key from suppressed_addresses where address_key = :address_key and (links_too or not :has_link)
    ),
    noted as (
      insert into mails (mail_id, address_key, user_id, message_id, has_link, sent_at)
      select event_id, :address_key, (select user_id from addressee), :message_id, :has_link, :now::timestamptz
      from taken
      where not exists (select from stopping)
      on conflict do nothing
    ),
    named as (
      update suppressed_addresses s
      set user_id = addressee.user_id
      from taken, addressee
      where s.address_key = :address_key and s.user_id is null
    )
    select ${verdict} as verdict, exists (select from stopping) as stopped`,
    {
      ...claim,
      lease_seconds: leaseSeconds,
      address_key: addressKey,
      email_key: emailKey,
      message_id: messageId,
      has_link: hasLink,
      now: new Date(),
    },
  );
  return row ?? { verdict: 'in_hand', stopped: false };
}

export interface Settled {
  readonly isSent: boolean;
  readonly now: Date;
}

/** Notes that the event is dealt with and announces the outcome, if there is one to tell: both, or neither. */
export async function settleMail(
  database: Database,
  claim: Claim,
  outcome: NewEvent | null,
  { isSent, now }: Settled,
): Promise<void> {
  await database.query(
    `
    with settled as (${settle('claim')}),
    unsent as (
      delete from mails
      where mail_id = (select event_id from settled) and not :is_sent
    ),
    announced as (${announce('outcome', 'settled')})
    select from settled`,
    { claim, outcome: outcome ? [outcome] : [], is_sent: isSent, now },
  );
}
