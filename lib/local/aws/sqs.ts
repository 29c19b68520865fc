/** The local SQS: keeps what functions put into a queue, for tests to look at. Every queue exists. */
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
/** SQS's limit on a message since August 2025. */
const MOST_BYTES = 1_048_576;

export function sqsService(): SqsService {
  let kept: QueuedMessage[] = [];
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
    },
    messages: () => kept,
    clear() {
      kept = [];
    },
  };
}
