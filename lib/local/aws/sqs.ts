/** The local SQS: keeps what functions ask of a queue, for tests to look at. Every queue exists. */
import { createHash, randomUUID } from 'node:crypto';
import type { ChangeMessageVisibilityCommandInput, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { Wire } from './protocol.ts';
import { AwsError, type AwsService } from './service.ts';
import { present } from './validation.ts';

export interface QueuedMessage {
  readonly queueUrl: string;
  readonly body: string;
}

export interface Pause {
  readonly queueUrl: string;
  readonly receiptHandle: string;
  readonly seconds: number;
}

export interface SqsService extends AwsService {
  /** The latest messages, oldest first. */
  messages(): readonly QueuedMessage[];
  /** The latest pauses that were asked for; the local host brings a message again sooner. */
  pauses(): readonly Pause[];
  clear(): void;
}

const KEPT = 1000;
/** SQS's limit on a message since August 2025. */
const MOST_BYTES = 1_048_576;
/** Seconds. */
const LONGEST_PAUSE = 43_200;

export function sqsService(): SqsService {
  let kept: QueuedMessage[] = [];
  let pauses: Pause[] = [];
  return {
    id: 'sqs',
    operations: {
      SendMessage({ QueueUrl, MessageBody }: Wire<SendMessageCommandInput>) {
        const body = present(MessageBody, 'messageBody');
        if (body === '' || Buffer.byteLength(body) > MOST_BYTES) {
          throw new AwsError('InvalidParameterValue', `A message must have 1 to ${MOST_BYTES} bytes.`);
        }
        kept = [...kept, { queueUrl: present(QueueUrl, 'queueUrl'), body }].slice(-KEPT);
        // The client compares the digest with its own.
        return { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
      },
      ChangeMessageVisibility(input: Wire<ChangeMessageVisibilityCommandInput>) {
        const seconds = present(input.VisibilityTimeout, 'visibilityTimeout');
        if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_PAUSE) {
          throw new AwsError(
            'InvalidParameterValue',
            `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= ${LONGEST_PAUSE}.`,
          );
        }
        const receiptHandle = present(input.ReceiptHandle, 'receiptHandle');
        const pause = { queueUrl: present(input.QueueUrl, 'queueUrl'), receiptHandle, seconds };
        pauses = [...pauses, pause].slice(-KEPT);
        return {};
      },
    },
    messages: () => kept,
    pauses: () => pauses,
    clear() {
      kept = [];
      pauses = [];
    },
  };
}
