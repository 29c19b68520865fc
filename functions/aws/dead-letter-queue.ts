/** The function's dead-letter queue, for messages that it can never handle: SQS itself would retry them first. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Keeps a message for a person to look at, as it came, so that it can be moved back to its queue. */
export type KeepDeadLetter = (body: string) => Promise<void>;

/** Its function throws what SQS does, so that the message is delivered again. */
export function deadLetterQueue(url: string): KeepDeadLetter {
  const sqs = new SQSClient({ maxAttempts: 3 });
  return async (body) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  };
}
