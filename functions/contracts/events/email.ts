/** The email service's contract: anyone on the bus may ask for a mail, and an event reports the outcome. */
import * as z from 'zod/mini';
import { correlation_id, text, texts, time } from './fields.ts';

const message_id = text.check(z.describe('The asking service makes it; the mail is sent once for each.'));

export const NotificationEmailRequestedV1 = z.object({
  message_id,
  template_id: text,
  to: text,
  variables: texts,
  category: z.enum(['verification', 'password_reset', 'receipt', 'teacher_notification', 'system']),
  correlation_id,
});

export const EmailSentV1 = z.object({ message_id, provider: text, sent_at: time, correlation_id });

export const EmailDeliveryFailedV1 = z.object({
  message_id,
  provider: text,
  failed_at: time,
  reason: text,
  correlation_id,
});
