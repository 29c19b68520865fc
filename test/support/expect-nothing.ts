/** For events that must have no effect at all. */
import { expect } from 'vitest';
import { deliverMail } from './mailbox.ts';
import type { Service } from './service.ts';

/** It caused neither a mail nor anything else, and it is not retried. */
export async function expectNothing(service: Service, work: () => Promise<unknown>): Promise<void> {
  await deliverMail(service);
  // The outcome events of those mails leave, too.
  await deliverMail(service);
  const [before, mails] = [await service.dump(), service.ses.messages().length];
  await work();
  expect(service.ses.messages().length).toBe(mails);
  expect(await service.dump()).toBe(before);
  expect(service.events.deadLetters()).toEqual([]);
}
