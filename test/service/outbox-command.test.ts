import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCommand } from '../support/operator-command.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let event: ReturnType<typeof someEvent>;

beforeAll(async () => {
  service = await sharedService();
  const database = await databaseOf(service);
  event = someEvent(new Date(Date.now() - 60_000));
  await writeEvents(database, [event, someEvent(new Date(Date.now() - 90_000))]);
  await service.sql(`update event_outbox set dead = true, attempts = 30, last_error = 'X' where event_id = $1`, [
    event.event_id,
  ]);
});
afterAll(() => service.stop());

/** As `npm run outbox -- …` runs it. */
const outbox = (args: readonly string[]) => operatorCommand(service, ['outbox.ts', ...args]);

describe('npm run outbox', () => {
  it('reports the state of the outbox', async () => {
    const { code, out } = await outbox(['status']);
    expect(code).toBe(0);
    expect(out).toMatch(/^waiting {3}1, the oldest for \d+\.\d s\nretrying {2}0\ndead {6}1\n$/);
  });

  it('lists the dead letters, with what an operator needs', async () => {
    const { out } = await outbox(['dead']);
    expect(out.trim().split(/ {2,}/)).toEqual([
      event.event_id,
      event.occurred_at,
      'huleedu.identity.login.failed.v1',
      'X after 30',
      `correlation ${event.correlation_id}`,
    ]);
  });

  it.each([[['redrive']], [['redrive', '--all', '--id', 'x']], [['status', '--al']]])(
    'shows its usage when it is called with %j',
    async (args) => {
      const { code, out, error } = await outbox(args);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toContain(
        'npm run outbox -- status | dead | redrive (--id EVENT_ID | --all) | restored [--stage STAGE]',
      );
      expect(error).not.toContain('    at ');
    },
  );

  it.each(["'; drop table users", '0193a5b0-7c1e-7000-8000-00000000000'])(
    'reports in one line that %s is not an event',
    async (id) => {
      const { code, out, error } = await outbox(['redrive', '--id', id]);
      expect({ code, out, error }).toEqual({
        code: 1,
        out: '',
        error: '--id must be an event id: a UUID, as `dead` prints it\n',
      });
    },
  );

  it('sends a dead letter again', async () => {
    expect(await outbox(['redrive', '--id', event.event_id])).toMatchObject({ code: 0, out: '1 will be sent again\n' });
    expect((await outboxRows(await databaseOf(service))).some(({ dead }) => dead)).toBe(false);
    expect(await outbox(['redrive', '--id', event.event_id])).toMatchObject({ code: 1 });
    expect(await outbox(['redrive', '--all'])).toMatchObject({ code: 0, out: '0 will be sent again\n' });
  });

  it('reports in one line that no host runs, or that the stage does not exist', async () => {
    const nowhere = await operatorCommand({ ...service, awsUrl: 'http://127.0.0.1:9' }, ['outbox.ts', 'status']);
    expect(nowhere).toMatchObject({ code: 1, error: 'No local host at http://127.0.0.1:9; npm start runs one\n' });
    const stage = await outbox(['status', '--stage', 'nosuch']);
    expect(stage).toMatchObject({ code: 1, error: expect.stringMatching(/^No stage nosuch in cdk.json, only .*\n$/) });
  });
});
