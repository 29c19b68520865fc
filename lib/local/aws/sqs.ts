/** The local SQS: takes what a function puts into a queue and keeps it for tests to look at. Any queue is there. */
import { createHash, randomUUID } from 'node:crypto';
import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { Wire } from './protocol.ts';
import { AwsError, type AwsService } from './service.ts';
import { present } from './validation.ts';

export interface QueuedMessage {
  readonly queueUrl: string;
  readonly body: string;
}

export interface SqsService extends AwsService {
  /** The latest messages, oldest first. */
  messages(): readonly QueuedMessage[];
  clear(): void;
}

const KEPT = 1000;
/** Of a message, since August 2025. */
const MOST_BYTES = 1_048_576;

export function sqsService(): SqsService {
  let kept: QueuedMessage[] = [];
  return {
    id: 'sqs',
    operations: {
      SendMessage({ QueueUrl, MessageBody }: Wire<SendMessageCommandInput>) {
        const body = present(MessageBody, 'messageBody');
        if (body === '' || Buffer.byteLength(body) > MOST_BYTES) {
          throw new AwsError('InvalidParameterValue', `A message is of 1 to ${MOST_BYTES} bytes.`);
        }
        kept = [...kept, { queueUrl: present(QueueUrl, 'queueUrl'), body }].slice(-KEPT);
        // The client compares it with its own.
        return { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
      },
    },
    messages: () => kept,
    clear() {
      kept = [];
    },
  };
}
