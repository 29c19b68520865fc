/** Runs the functions that requests do not call, by their rows in the table: at the start, by events, by the clock. */
import type { SQSBatchResponse } from 'aws-lambda';
import { type ClientOfSettings, namesWithSecrets } from '../service/clients.ts';
import { type FunctionSpec, patternOf } from '../service/functions.ts';
import type { EventBridge, RecordedEvent } from './aws/events.ts';
import type { Runtime } from './runtime.ts';
import type { StageSecrets } from './stage-secrets.ts';

/** Runs the deployment's jobs in the table's order, one after the other. */
export async function deploy(functions: readonly FunctionSpec[], { invoke }: Runtime): Promise<void> {
  for (const { name, triggers } of functions) {
    if (!triggers.some(({ kind }) => kind === 'deploy')) continue;
    const outcome = await invoke(name, {});
    if (!outcome.ok) throw new Error(`The job ${name} failed: ${outcome.error.errorMessage}`);
  }
}

/** Retries as AWS does: Lambda tries an event three times in all, a queue until the function gives up, though here within seconds. */
/** As CloudFormation runs it on AWS (lib/aws/subject-stack.ts). */
export async function deployClients(
  functions: readonly FunctionSpec[],
  clients: readonly ClientOfSettings[],
  secrets: StageSecrets,
  { invoke }: Runtime,
): Promise<void> {
  const job = functions.find(({ triggers }) => triggers.some((one) => one.kind === 'resource' && one.of === 'clients'));
  if (!job) return;
  const SecretArns: Record<string, string> = {};
  for (const name of namesWithSecrets(clients)) SecretArns[name] = await secrets.clientArn(name);
  const outcome = await invoke(job.name, {
    ResourceProperties: { Clients: JSON.stringify(clients), SecretArns },
  });
  if (!outcome.ok) throw new Error(`The job ${job.name} failed: ${outcome.error.errorMessage}`);
}

export function subscribe(
  functions: readonly FunctionSpec[],
  events: EventBridge,
  { busName, stage }: { readonly busName: string; readonly stage: string },
  { invoke }: Runtime,
): void {
  for (const { name, triggers } of functions) {
    for (const trigger of triggers) {
      if (trigger.kind !== 'events') continue;
      const { bus = busName, patterns, queue } = trigger;
      for (const [number, pattern] of patterns.entries()) {
        events.addRule({
          name: `${name}-${number}`,
          busName: bus,
          pattern: patternOf(pattern, stage),
          retry: queue ? {} : { maximumRetryAttempts: 2 },
          async target(event) {
            const outcome = await invoke(name, queue ? queued(name, event) : event);
            if (!outcome.ok) throw new Error(outcome.error.errorMessage);
            if (queue && isToComeAgain(outcome.result)) throw new Error('reported as a failed item of its batch');
          },
        });
      }
    }
  }
}

/** An event as SQS gives it to a function, in a batch of one. */
const queued = (name: string, event: RecordedEvent) => ({
  Records: [
    {
      messageId: event.id,
      receiptHandle: event.id,
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${event.region}:${event.account}:${name}`,
      attributes: { SentTimestamp: String(Date.parse(event.time)) },
      body: JSON.stringify(event),
    },
  ],
});

const isToComeAgain = (answer: unknown) => ((answer as SQSBatchResponse | null)?.batchItemFailures ?? []).length > 0;

/** The schedules, each with the time of its first run. */
export function schedulesOf(functions: readonly FunctionSpec[], { invoke }: Runtime, now: Date) {
  return functions.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) => {
      if (trigger.kind !== 'schedule') return [];
      // A job that has just run at the deployment waits for one interval first.
      const deployed = triggers.some(({ kind }) => kind === 'deploy');
      const first = deployed ? new Date(now.getTime() + trigger.everyMinutes * 60_000) : now;
      return [{ everyMinutes: trigger.everyMinutes, first, run: () => invoke(name, {}) }];
    }),
  );
}
