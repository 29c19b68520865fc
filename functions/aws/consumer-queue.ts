/** What a consumer asks of SQS, besides the messages that Lambda hands it: to keep one for a person, to bring one later. */
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

export interface ConsumerQueue {
  /**
   * Keeps a message for a person to look at, as it came, so that it can be moved back to its queue: SQS itself would
   * retry it first.
   * @throws what SQS throws, so that the message is delivered again
   */
  keepDeadLetter(body: string): Promise<void>;
  /**
   * Brings a message that failed again after this time from now, in place of the queue's own.
   * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
   */
  bringLater(message: QueuedMessage, seconds: number): Promise<void>;
}

/** What names a message that was received. */
export interface QueuedMessage {
  /** `arn:aws:sqs:eu-north-1:111122223333:name` */
  readonly eventSourceARN: string;
  readonly receiptHandle: string;
}

/** @param deadLetters the URL of the function's queue of dead letters, which is in the Region and account of its own */
export function consumerQueue(deadLetters: string): ConsumerQueue {
  const sqs = new SQSClient({ maxAttempts: 3 });
  const urlOf = (arn: string) => {
    const [account, name] = arn.split(':').slice(-2);
    return new URL(`/${account}/${name}`, deadLetters).href;
  };
  return {
    async keepDeadLetter(body) {
      await sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: body }));
    },
    async bringLater({ eventSourceARN, receiptHandle }, seconds) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: urlOf(eventSourceARN),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}
