/** The function's dead-letter queue, for messages that it can never handle: SQS itself would retry them first. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { environment } from '../runtime/settings.ts';

const sqs = new SQSClient({ maxAttempts: 3 });

/**
 * Keeps a message as it came, for a person to look at and to move back to its queue.
 * @throws what SQS throws, so that the message is delivered again
 */
export async function keepDeadLetter(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: environment('DEAD_LETTERS_URL'), MessageBody: body }));
}
