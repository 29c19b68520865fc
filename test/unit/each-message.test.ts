import { expect, it } from 'vitest';
import { eachMessage } from '../../functions/consumers/each-message.ts';
import { setDeadline } from '../../functions/runtime/deadline.ts';

const message = (messageId: string, sentAt = Date.now()) =>
  ({ messageId, body: messageId, attributes: { SentTimestamp: String(sentAt) } }) as never;
const left = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });

it('a message that no time is left for goes back to its queue', async () => {
  const begun: string[] = [];
  const handler = eachMessage(
    'not handled',
    { keepDeadLetter: async () => {}, bringLater: async () => {} },
    async (body) => {
      begun.push(body);
      // As if the database had kept it waiting.
      setDeadline(left(8_000));
    },
  );
  expect(await handler({ Records: [message('first'), message('second')] }, left(30_000))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'second' }],
  });
  expect(begun).toEqual(['first']);
});
