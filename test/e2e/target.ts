/** The service under test, as the arguments of run.ts name it. */
export interface Target {
  /** Without a trailing slash. */
  readonly url: string;
  /** Answers `{"events": […]}`, with each event as a rule's target sees it. */
  readonly eventsPage?: string;
  /** An SQS queue that gets every event of the bus. */
  readonly eventsQueue?: string;
  /** Answers with the mails sent, in any JSON that has their text. */
  readonly mailsPage?: string;
}

const given = process.env.E2E_TARGET;
if (!given) throw new Error('started without a target: npm run test:e2e -- --url URL');
export const target: Target = JSON.parse(given);

/** Why a test that needs this is skipped. */
export const unseen = {
  events: 'events cannot be seen here: give --aws-endpoint or --events-queue',
  mails: 'mails cannot be read here: give --aws-endpoint or --mails',
  signature: 'no AWS credentials in the environment to sign with',
} as const;
