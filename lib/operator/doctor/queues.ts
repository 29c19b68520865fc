/** Queues: what was given up, and what waits too long. */
import { deadLettersName } from '../../aws/names.ts';
import { functionsOf, isUnattended } from '../../service/present.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { readSources } from './events.ts';
import type { Look } from './look.ts';
import { count, listed } from './words.ts';

export interface Queue {
  /** The function that failed, or that works it off. */
  readonly name: string;
  readonly depth: number;
  /** Being worked on. */
  readonly inFlight: number;
}

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
async function readQueue({ aws }: Look, name: string, QueueName: string): Promise<Queue> {
  const { QueueUrl } = await aws<{ QueueUrl: string }>('sqs:GetQueueUrl', { QueueName });
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const answer = await aws<{ Attributes: Record<string, string> }>('sqs:GetQueueAttributes', {
    QueueUrl,
    AttributeNames,
  });
  const [depth, inFlight] = AttributeNames.map((attribute) => Number(answer.Attributes[attribute] ?? 0));
  return { name, depth: depth ?? 0, inFlight: inFlight ?? 0 };
}

const readDeadLetters = (look: Look): Promise<Queue[]> =>
  Promise.all(
    functionsOf(look.settings)
      .filter(isUnattended)
      .map(({ name }) => readQueue(look, name, deadLettersName(look.settings.stage, name))),
  );

export function judgeDeadLetters(queues: readonly Queue[], { settings }: Judged): Verdict {
  const full = queues.filter(({ depth, inFlight }) => depth + inFlight > 0);
  if (full.length === 0) return ok(`The dead-letter queues of ${count(queues.length, 'function')} are empty`);
  const [{ name } = { name: '' }] = full;
  return fault(
    `Given up: ${listed(
      full.map((queue) => `${queue.name} ${queue.depth + queue.inFlight}`),
      5,
    )}`,
    'Mails, events or runs of jobs failed to the end. SQS deletes them 14 days after they arrived.',
    `Read the log of ${name}, mend the cause, then empty ${deadLettersName(settings.stage, name)}: ${readme('Alarms')}, *-dead-letters`,
  );
}

async function readBacklog(look: Look): Promise<Queue[]> {
  const sources = await look.once(readSources);
  return Promise.all(
    sources.flatMap(({ name, mappings }) =>
      mappings.map(({ EventSourceArn }) => readQueue(look, name, EventSourceArn.split(':').at(-1) ?? '')),
    ),
  );
}

/** SES sends 14 mails a second for a new account: more wait for a minute, or they are tried again for days, as clients are. */
const MANY = 840;

export function judgeBacklog(queues: readonly Queue[]): Verdict {
  const said = listed(queues.map(({ name, depth }) => `${name} ${depth}`));
  const slow = queues.find(({ depth }) => depth >= MANY);
  if (!slow) return ok(`Waiting before consumers: ${said}`);
  return warning(
    `Waiting before consumers: ${said}`,
    'Mails are late by a minute or more, or SES refuses them for now; or clients do not answer that are told of logouts.',
    `Read the log of ${slow.name}; ${readme('Alarms')}, mail-stopped; ${readme('Clients')}`,
  );
}

export const queueChecks: readonly Check[] = [
  check('dead-letters', 'whether dead letters wait', readDeadLetters, judgeDeadLetters),
  check('backlog', 'how much waits before consumers', readBacklog, judgeBacklog),
];
