/** For what has to have no effect at all. */
import { expect } from 'vitest';
import { deliverMail } from './mailbox.ts';
import type { Service } from './service.ts';

/** Neither a mail nor anything else came of it, and it is over: nobody tries it again. */
export async function expectNothing(service: Service, work: () => Promise<unknown>): Promise<void> {
  await deliverMail(service);
  // What became of those mails leaves too.
  await deliverMail(service);
  const [before, mails] = [await service.dump(), service.ses.messages().length];
  await work();
  expect(service.ses.messages().length).toBe(mails);
  expect(await service.dump()).toBe(before);
  expect(service.events.deadLetters()).toEqual([]);
}
