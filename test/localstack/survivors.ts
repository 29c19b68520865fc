/** What a deployment must not touch: sessions, keys, events. Left before it, looked for after it. */
import assert from 'node:assert/strict';
import { eventOf } from '../e2e/events.ts';
import { login, type Person, register, type Session } from '../e2e/people.ts';
import { get, post } from '../e2e/requests.ts';

export interface Left {
  readonly person: Person;
  readonly session: Session;
  readonly version: string;
  readonly kids: readonly string[];
}

export async function leave(): Promise<Left> {
  const person = await register('survivor');
  return { person, session: await login(person), version: await version(), kids: await kids() };
}

/** @throws AssertionError naming what did not survive */
export async function find({ person, session, ...left }: Left): Promise<void> {
  assert.notEqual(await version(), left.version, 'the changed function serves its new version');
  assert.deepEqual(await kids(), left.kids, 'the same keys are published');
  const me = await get('/v1/auth/me', session.bearer);
  assert.equal(me.body.user_id, person.userId, 'an access token of before is valid');
  const refreshed = await post('/v1/auth/refresh', { refresh_token: session.refreshToken });
  assert.equal(refreshed.status, 200, 'a session of before goes on');
  await eventOf('huleedu.identity.user.registered.v1', person.userId);
}

const version = async (): Promise<string> => (await get('/healthz')).body.version;
const kids = async (): Promise<string[]> =>
  (await get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
