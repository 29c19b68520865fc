/** What the mail consumer takes from its queue, read and checked. */
import type { EventBridgeEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { NotificationEmailRequestedV1 } from '../contracts/events/email.ts';
import { id } from '../contracts/events/fields.ts';
import * as identity from '../contracts/events/identity.ts';
import type { MailEvent } from '../domain/mail/compose.ts';
import type { MailTopic } from '../domain/mail/topics.ts';

const schemas = {
  'huleedu.identity.user.registered.v1': identity.UserRegisteredV1,
  'huleedu.identity.email.verification.requested.v1': identity.EmailVerificationRequestedV1,
  'huleedu.identity.password.reset.requested.v1': identity.PasswordResetRequestedV1,
  'huleedu.identity.password.reset.completed.v1': identity.PasswordResetCompletedV1,
  'huleedu.identity.password.changed.v1': identity.PasswordChangedV1,
  'huleedu.identity.account.locked.v1': identity.AccountLockedV1,
  'huleedu.identity.session.revoked.v1': identity.SessionRevokedV1,
  'huleedu.email.notification.requested.v1': NotificationEmailRequestedV1,
} as const satisfies Record<MailTopic, z.ZodMiniObject>;

const Head = z.object({
  event_id: id,
  event_type: z.enum(Object.keys(schemas) as MailTopic[]),
  source_service: z.string(),
  correlation_id: id,
});

/** @throws Error when an event breaks its contract: no retry mends it, so it ends as a dead letter for a person to see */
export function mailEvents({ Records }: SQSEvent): MailEvent[] {
  return Records.map(({ body }) => {
    const { detail }: EventBridgeEvent<string, { data: unknown }> = JSON.parse(body);
    const { event_type } = Head.parse(detail);
    return { ...detail, data: schemas[event_type].parse(detail.data) } as MailEvent;
  });
}
