/** Logout tokens on their way: servers that are down, slow, elsewhere or wrong, and runs that are killed (S78, S82). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { patience } from '../../functions/domain/patience.ts';
import { createClock } from '../../lib/local/clock.ts';
import { createRuntime } from '../../lib/local/runtime.ts';
import { parseSettings, settingsJson } from '../../lib/service/config.ts';
import { signingKeyAliases } from '../../lib/service/environment.ts';
import { functions } from '../../lib/service/functions.ts';
import { until } from '../support/await-condition.ts';
import { handInTo, messageOf, putEvent } from '../support/bus.ts';
import { deliverMail as deliver } from '../support/mailbox.ts';
import { databaseTargetOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { signedInAt, type ToldClient, type ToldClients, toldClients } from '../support/told-clients.ts';

const TOPIC = 'huleedu.identity.client.signed_out.v1';
const NAME = 'back-channel-logout';

let service: Service;
let apps: ToldClients;
let person: Person;
let app: ToldClient;

beforeAll(async () => {
  apps = await toldClients();
  service = await startService({ fetchAllow: apps.host });
});
afterAll(async () => {
  await service?.stop();
  apps?.close();
});
beforeEach(async () => {
  person = await registerAndLogin(service);
  app = await apps.add(service);
  service.queues.clear();
  // What another test handed in is not to be sent, too.
  await service.sql('update event_outbox set published_at = now() where published_at is null');
});
afterEach(() => {
  forward(0);
  service.endpoint.faults.clear();
  expect(apps.faults).toEqual([]);
});

const forward = (seconds: number) => {
  service.setClockOffset(seconds);
  apps.clockOffset = seconds;
};
const leave = () => service.post('/v1/auth/sessions/revoke-all', {}, person.bearer);
const counted = (metric: string) => service.logs().filter(({ line }) => line.includes(`"${metric}":1`)).length;

/** Somebody has signed out of the client: the message of that, which has not been handed in. */
async function message(of = app): Promise<string> {
  await signedInAt(service, person, [of]);
  await leave();
  const [event] = await service.sql(
    "select event_id, data from event_outbox where topic = $1 and data ->> 'client_id' = $2 order by event_id desc",
    [TOPIC, of.clientId],
  );
  return messageOf({ source: 'huleedu.identity', topic: TOPIC, data: event?.data, eventId: event?.event_id });
}
const done = { ok: true, result: { batchItemFailures: [] } };
/** It comes again, and no error of the function's is counted: nobody is woken because of somebody else's server. */
const putOff = { ok: true, result: { batchItemFailures: [{ itemIdentifier: '0' }] } };

describe('S82: a client', () => {
  it('that is down for a while is told when it is up, by a token of that moment', async () => {
    app.answers = 503;
    await signedInAt(service, person, [app]);
    await leave();
    await service.runJob('relay-outbox', { drain: true });
    await until('the first try', () => app.told().length > 0);
    app.answers = 204;
    forward(60);
    await service.events.settled();
    const [first, last, ...more] = app.told();
    expect([first?.sid, more]).toEqual([last?.sid, []]);
    expect([first?.jti === last?.jti, (last?.iat ?? 0) - (first?.iat ?? 0) >= 59]).toEqual([false, true]);
  });

  it('that refuses the token by 400 is not asked again, which is logged and counted', async () => {
    app.answers = 400;
    const before = counted('LogoutsRefused');
    expect(await handInTo(service, NAME, 0, await message())).toEqual(done);
    expect([app.told().length, counted('LogoutsRefused') - before]).toEqual([1, 1]);
  });

  it.each([302, 401, 404, 500])('that answers %i is told again, and nowhere else', async (status) => {
    app.answers = status;
    const body = await message();
    expect(await handInTo(service, NAME, 3600, body)).toEqual(putOff);
    expect(service.queues.pauses()).toMatchObject([{ seconds: 450 }]);
    app.answers = 200;
    forward(60);
    expect(await handInTo(service, NAME, 3600, body)).toEqual(done);
    expect(app.told()).toHaveLength(2);
  });

  it.each(['https://10.0.0.7/logout', 'https://169.254.169.254/logout', 'https://[::1]/logout', 'http://localhost:1/'])(
    'S78: at %s is not called at all',
    async (backchannel_logout_uri) => {
      const inside = await apps.add(service, { backchannel_logout_uri });
      const body = await message(inside);
      const before = service.logs().length;
      expect(await handInTo(service, NAME, 0, body)).toEqual(putOff);
      const lines = service.logs().slice(before);
      expect(lines.some(({ line }) => /no public address|only https/.test(line))).toBe(true);
    },
  );

  it('that never answers is a dead letter after three days, as it came, and is told when it is redriven', async () => {
    app.answers = 500;
    const body = await message();
    expect(await handInTo(service, NAME, patience.most + 60, body)).toEqual(done);
    const [letter] = service.queues.messages();
    expect(letter).toMatchObject({ body, queueUrl: expect.stringContaining(`identity-local-${NAME}-failed`) });
    app.answers = 200;
    forward(60);
    expect(await handInTo(service, NAME, 0, letter?.body ?? '')).toEqual(done);
    expect(app.told()).toHaveLength(2);
  });

  it('that failed is left alone for a while, however many sign out: neither a signature nor a call', async () => {
    const bodies = [await message(), await message(), await message()];
    app.answers = 500;
    // Each of the two environments finds out by itself.
    for (const body of bodies) await handInTo(service, NAME, 0, body);
    const tries = app.told().length;
    expect(tries).toBeLessThanOrEqual(2);
    service.endpoint.resetCalls();
    for (const body of bodies) expect(await handInTo(service, NAME, 0, body)).toEqual(putOff);
    expect(service.endpoint.calls()['kms.Sign'] ?? 0).toBe(app.told().length - tries);
  });

  it('that took its address back, or is gone, is told no more', async () => {
    const body = await message();
    await service.sql('update clients set backchannel_logout_uri = null where client_id = $1', [app.clientId]);
    expect(await handInTo(service, NAME, 0, body)).toEqual(done);
    await service.sql('delete from clients where client_id = $1', [app.clientId]);
    expect(await handInTo(service, NAME, 0, body)).toEqual(done);
    expect(app.told()).toEqual([]);
  });
});

it('S82: of twenty clients one is slow, and keeps none of the others waiting', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => apps.add(service)));
  const [slow, ...others] = clients;
  let release = () => {};
  let waits = 0;
  if (slow) {
    slow.answers = () => {
      waits++;
      return new Promise((resolve) => {
        release = () => resolve(200);
      });
    };
  }
  await signedInAt(service, person, clients);
  await leave();
  await service.runJob('relay-outbox', { drain: true });
  await until('the others are told', () => others.every(({ told }) => told().length === 1));
  await until('the slow one is asked', () => waits > 0);
  if (slow) slow.answers = 200;
  release();
  forward(60);
  await service.events.settled();
  expect(others.every(({ told }) => told().length === 1)).toBe(true);
  expect(slow?.told().length).toBeGreaterThan(0);
});

describe('S82: a run that is killed', () => {
  /** A run outside the service's own, so that it can be killed by itself. */
  async function killedWhen(body: string, what: string, condition: () => boolean): Promise<void> {
    const { clusterArn, secretArn, name } = await databaseTargetOf(service);
    const runtime = createRuntime({
      functions: functions.filter((one) => one.name === NAME),
      directory: inject('bundles'),
      clock: createClock(),
      variables: () => ({
        SETTINGS: settingsJson(parseSettings({ stage: 'local' }).service),
        ISSUER: service.url,
        STAGE: 'local',
        LOCAL_FETCH_ALLOW: apps.host,
        SIGNING_KEY_ALIASES: signingKeyAliases('local'),
        DEAD_LETTERS_URL: `${service.awsUrl}/000000000000/dead`,
        DATABASE_CLUSTER_ARN: clusterArn,
        DATABASE_SECRET_ARN: secretArn,
        DATABASE_NAME: name,
      }),
      endpointUrl: service.awsUrl,
      region: 'eu-north-1',
      accountId: '000000000000',
    });
    const attributes = { SentTimestamp: String(Date.now()) };
    void runtime.invoke(NAME, { Records: [{ messageId: '0', receiptHandle: '0', attributes, body }] });
    await until(what, condition);
    await runtime.close();
  }
  const again = async (body: string) => expect(await handInTo(service, NAME, 0, body)).toEqual(done);

  it('while it signs has told nobody, and the next one does', async () => {
    const body = await message();
    service.endpoint.resetCalls();
    service.endpoint.faults.order({ service: 'kms', operation: 'Sign', delay_ms: 600_000 });
    await killedWhen(body, 'it signs', () => service.endpoint.calls()['kms.Sign'] === 1);
    expect(app.told()).toEqual([]);
    await again(body);
    expect(app.told()).toHaveLength(1);
  });

  it('before the client answered has the next one tell it again, by another token', async () => {
    const body = await message();
    app.answers = null;
    await killedWhen(body, 'the client is asked', () => app.told().length === 1);
    app.answers = 200;
    await again(body);
    const [first, last] = app.told();
    expect([first?.sid === last?.sid, first?.jti === last?.jti]).toEqual([true, false]);
  });
});

describe('S58, S61: an event that somebody else put on the bus', () => {
  const data = () => ({ user_id: person.userId, client_id: app.clientId, sid: 'any', at: new Date().toISOString() });

  it('of another source, or with an id that is not ours, signs nothing and tells nobody', async () => {
    await signedInAt(service, person, [app]);
    const before = counted('EventsRefused');
    await putEvent(service, { source: 'huleedu.billing', topic: TOPIC, data: data() });
    expect(counted('EventsRefused')).toBe(before);
    await putEvent(service, { source: 'huleedu.identity', topic: TOPIC, data: data() });
    expect([counted('EventsRefused') - before, app.told()]).toEqual([1, []]);
  });

  it('with the id of ours says what ours says, and with that of another event nothing', async () => {
    const other = await apps.add(service);
    const { detail } = JSON.parse(await message());
    await deliver(service);
    const forged = { ...data(), client_id: other.clientId };
    await putEvent(service, { source: 'huleedu.identity', topic: TOPIC, data: forged, eventId: detail.event_id });
    expect([app.told().map(({ sid }) => sid), other.told()]).toEqual([[detail.data.sid, detail.data.sid], []]);
    const [revoked] = await service.sql('select event_id from event_outbox where topic <> $1 limit 1', [TOPIC]);
    await putEvent(service, { source: 'huleedu.identity', topic: TOPIC, data: forged, eventId: revoked?.event_id });
    expect([app.told().length, other.told()]).toEqual([2, []]);
  });
});
