/**
 * Bounces and complaints: the mail's failure is announced, and further mail to its address stops. The address is the
 * mail's own, which its row stands for; what the event says of addresses is not read.
 */
import * as z from 'zod/mini';
import { consumerQueue } from '../aws/consumer-queue.ts';
import { id } from '../contracts/events/fields.ts';
import { CORRELATION_TAG, feedbackOf, feedbackTopics, MAIL_TAG } from '../domain/mail/feedback.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { stageDatabase } from '../stage/database.ts';
import { environment } from '../stage/settings.ts';
import { recordFeedback } from '../store/mail-feedback.ts';
import { eachMessage } from './each-message.ts';
import { parseEvent, parseJson } from './refused-event.ts';

const Reported = z.object({
  'detail-type': z.enum(feedbackTopics),
  detail: z.object({
    mail: z.object({ tags: z.record(z.string(), z.array(z.string())) }),
    bounce: z.optional(z.object({ bounceType: z.string(), bounceSubType: z.string() })),
  }),
});
/** Of a mail of this service; the operator may have sent one by hand. */
const Tags = z.object({ [MAIL_TAG]: z.tuple([id]), [CORRELATION_TAG]: z.tuple([id]) });

const database = stageDatabase();
const queue = consumerQueue(environment('DEAD_LETTERS_URL'));

export const handler = eachMessage('feedback not recorded', queue, async (body) => {
  const { 'detail-type': topic, detail } = parseEvent(Reported, parseJson(body), 2);
  const tags = Tags.safeParse(detail.mail.tags);
  if (!tags.success) return log('warn', 'feedback about a mail that is not ours', { topic });
  const [[mailId], [correlationId]] = [tags.data[MAIL_TAG], tags.data[CORRELATION_TAG]];
  setLogContext({ correlation_id: correlationId, mail_id: mailId, topic });
  const { bounceType, bounceSubType } = detail.bounce ?? {};
  const feedback = feedbackOf(topic, bounceType, bounceSubType);
  if (!feedback) return log('info', 'the mail may have arrived all the same', { bounceType, bounceSubType });
  const isNew = await recordFeedback(database, { mailId, correlationId, ...feedback }, new Date());
  log('info', isNew ? 'mail failed' : 'nothing new of the mail', { ...feedback, bounceSubType });
});
