/** Reads and checks what the mail consumer takes from its queue. */
import * as z from 'zod/mini';
import { NotificationEmailRequestedV1 } from '../contracts/events/email.ts';
import { source as sourceOf } from '../contracts/events/envelope.ts';
import { id } from '../contracts/events/fields.ts';
import * as identity from '../contracts/events/identity.ts';
import type { MailEvent } from '../domain/mail/compose.ts';
import { isOwnTemplate, MAIL_REQUESTED, type MailTopic } from '../domain/mail/topics.ts';
import { isStorable } from '../domain/storable-text.ts';
import { parseEvent, parseJson, RefusedEvent } from './refused-event.ts';

const schemas = {
  'huleedu.identity.user.registered.v1': identity.UserRegisteredV1,
  'huleedu.identity.email.verification.requested.v1': identity.EmailVerificationRequestedV1,
  'huleedu.identity.password.reset.requested.v1': identity.PasswordResetRequestedV1,
  'huleedu.identity.password.reset.completed.v1': identity.PasswordResetCompletedV1,
  'huleedu.identity.password.changed.v1': identity.PasswordChangedV1,
  'huleedu.identity.account.locked.v1': identity.AccountLockedV1,
  'huleedu.identity.session.revoked.v1': identity.SessionRevokedV1,
  'huleedu.identity.factor.added.v1': identity.FactorAddedV1,
  'huleedu.identity.factor.removed.v1': identity.FactorRemovedV1,
  'huleedu.email.notification.requested.v1': NotificationEmailRequestedV1,
} as const satisfies Record<MailTopic, z.ZodMiniObject>;

const Delivered = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.object({
    event_id: id,
    event_type: z.enum(Object.keys(schemas) as MailTopic[]),
    correlation_id: id,
    data: z.unknown(),
  }),
});

/** An event and its source. */
export interface ReadEvent {
  /** As EventBridge has it. */
  readonly source: string;
  /** It claims to come from this service: then only the outbox's row with its id counts, if there is one. */
  readonly own: boolean;
  readonly event: MailEvent;
}

/** The outcome's event repeats the message id, and the relay sends no event above 56 KiB. */
const MOST_MESSAGE_ID = 1_000;

/**
 * Refuses text that the database can never store. It would fail in the note of a mail that was already sent, and each
 * retry would send that mail again.
 */
function refuseUnstorable(source: string, { event_type, data }: MailEvent): void {
  const texts = { source, ...(event_type === MAIL_REQUESTED && { message_id: data.message_id, to: data.to }) };
  const faults = Object.entries(texts).flatMap(([name, text]) => (isStorable(text) ? [] : [`${name}: not_storable`]));
  if ((texts.message_id ?? '').length > MOST_MESSAGE_ID) faults.push('message_id: too_big');
  if (faults.length > 0) throw new RefusedEvent('malformed', faults);
}

/** @throws RefusedEvent for an event that breaks its contract, or whose source may not send its topic or template */
export function readMailEvent(body: string): ReadEvent {
  const { source, 'detail-type': detailType, detail } = parseEvent(Delivered, parseJson(body), 2);
  const { event_type } = detail;
  if (detailType !== event_type) throw new RefusedEvent('malformed', ['detail-type: is not detail.event_type']);
  const event = { ...detail, data: parseEvent(schemas[event_type], detail.data, 1, 'detail.data.') } as MailEvent;
  refuseUnstorable(source, event);
  const own = event.event_type !== MAIL_REQUESTED || isOwnTemplate(event.data.template_id);
  if (own && source !== sourceOf(event_type)) throw new RefusedEvent('foreign_source');
  return { source, own, event };
}
