/** `npm run doctor` at the host of a test, as a process of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/operator/doctor/examine.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { databaseOf, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const doctor = (...args: string[]) => operatorCommand(service, ['doctor.ts', ...args]);

describe('npm run doctor', () => {
  it('finds nothing wrong with a host that just started', async () => {
    const { code, out, error } = await doctor('--stage', 'local', '--strict');
    expect(error).toBe('');
    expect(out).toMatch(/^ok {7}The published keys are those in KMS: 1 key$/m);
    expect(out).toMatch(/^ok {7}All \d+ migrations of this checkout are applied$/m);
    expect(out).toMatch(/^0 faults, 0 warnings, 0 unknown, \d+ ok\n\d+ checks are for a stage on AWS/m);
    // Neither a colour nor a line beyond 80 columns where nobody looks.
    expect(out.split('\n').filter((line) => line.length > 80 || line.includes('\u001b'))).toEqual([]);
    expect(code).toBe(0);
  });

  it('changes nothing', async () => {
    const calls = await service.callsDuring(() => doctor());
    const names = Object.keys(calls).filter((name) => !/\.(Describe|Get|List)\w+$/.test(name));
    expect(names).toEqual(['rds-data.ExecuteStatement']);
  });

  it('names what is wrong, also for machines', async () => {
    const event = someEvent(new Date(Date.now() - 600_000));
    await writeEvents(await databaseOf(service), [event, someEvent(new Date(Date.now() - 900_000))]);
    await service.sql(`update event_outbox set dead = true, attempts = 30, last_error = 'X' where event_id = $1`, [
      event.event_id,
    ]);
    const { code, out } = await doctor('--json');
    const { version, stage, findings }: { version: number; stage: string; findings: Finding[] } = JSON.parse(out);
    expect({ code, version, stage }).toEqual({ code: 1, version: 1, stage: 'local' });
    const faults = findings.filter(({ state }) => state === 'fault').map(({ check, seen }) => `${check}: ${seen}`);
    expect(faults).toEqual([
      expect.stringMatching(/^outbox: 1 event waiting, the oldest for 15 min/),
      expect.stringMatching(/^dead-events: 1 event the bus refused for good: .*: X$/),
    ]);
    expect(findings.find(({ check }) => check === 'dead-events')?.mend).toContain('npm run outbox -- redrive --all');
  });

  it.each([
    [['--stage', 'nosuch'], /^No stage nosuch in cdk\.json/],
    [['--fast'], /^Unknown option '--fast'\nnpm run doctor -- /],
    [['now'], /^Unexpected argument 'now'/],
  ])('ends with 2 when it is called with %j', async (args, said) => {
    const { code, out, error } = await doctor(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(said);
  });

  it('ends with 2 where nothing runs', async () => {
    const nowhere = await operatorCommand({ ...service, awsUrl: 'http://127.0.0.1:2' }, ['doctor.ts']);
    expect(nowhere).toMatchObject({ code: 2, error: 'No local host at http://127.0.0.1:2; npm start runs one\n' });
  });
});
