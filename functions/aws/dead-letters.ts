/** The function's own queue of dead letters, for what it knows it can never handle: SQS itself would try it again first. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { environment } from '../runtime/settings.ts';

const sqs = new SQSClient({ maxAttempts: 3 });

/**
 * Keeps a message for a person to look at, as it came, so that it can be moved back to its queue.
 * @throws what SQS does, so that the message is delivered again
 */
export async function keepDeadLetter(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: environment('DEAD_LETTERS_URL'), MessageBody: body }));
}
