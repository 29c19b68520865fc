/**
 * npm run outbox -- status | dead | redrive --id EVENT_ID | redrive --all | restored. Each takes --stage STAGE for a stage on AWS;
 * without it, each works on the host that `npm start` runs.
 */

import { validate as isUuid } from 'uuid';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { messageOf } from '../lib/operator/stage.ts';

const USAGE = 'npm run outbox -- status | dead | redrive (--id EVENT_ID | --all) | restored [--stage STAGE]';
const MOST_SHOWN = 100;

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, {
    allowPositionals: true,
    options: { id: { type: 'string' }, all: { type: 'boolean' }, stage: { type: 'string' } },
  });
  const [command = '', ...more] = positionals;
  if (!['status', 'dead', 'redrive', 'restored'].includes(command) || more.length > 0) throw new Error(USAGE);
  if (command === 'redrive' && (values.id === undefined) === (values.all === undefined)) throw new Error(USAGE);
  if (values.id !== undefined && !isUuid(values.id))
    throw new Error('--id must be an event id: a UUID, as `dead` prints it');

  // Loaded only when the arguments are right, so that a wrong one is reported at once.
  const { operatorDatabase } = await import('../lib/operator/database.ts');
  const database = await operatorDatabase(values.stage);
  const { deadLetters, outboxStatus, raiseSequences, redrive } = await import('../functions/store/dead-letters.ts');
  const now = new Date();
  if (command === 'status') {
    const { waiting, retrying, dead, lag } = await outboxStatus(database, now);
    console.log(`waiting   ${waiting}${lag === null ? '' : `, the oldest for ${Math.max(0, lag).toFixed(1)} s`}`);
    console.log(`retrying  ${retrying}`);
    console.log(`dead      ${dead}`);
  } else if (command === 'dead') {
    const letters = await deadLetters(database, MOST_SHOWN);
    for (const { event_id, occurred_at, topic, attempts, last_error, correlation_id } of letters) {
      console.log(
        `${event_id}  ${occurred_at}  ${topic}  ${last_error} after ${attempts}  correlation ${correlation_id}`,
      );
    }
    if (letters.length === 0) console.log('no dead letters');
    if (letters.length === MOST_SHOWN) console.log(`These are the oldest ${MOST_SHOWN}; there may be more.`);
  } else if (command === 'restored') {
    console.log(`sequences of events go on above ${await raiseSequences(database, now)}`);
  } else {
    const count = await redrive(database, values.id ?? null, now);
    console.log(`${count} will be sent again`);
    if (count === 0 && values.id !== undefined) throw new Error(`${values.id} is not a dead letter`);
  }
}
