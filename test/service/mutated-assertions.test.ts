/** A thousand assertions, each with something wrong in it, at both doors: all are refused, and none breaks anything. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Visitor, visitor } from '../support/page-visitor.ts';
import { type Assertion, givePasskey, loginChallenge, type OwnPasskey, sendAssertion } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const MUTANTS = 1_000;
/** Of each kind by its number, so that a failure can be seen again. */
const FIELDS = ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'] as const;

let service: Service;
let person: Person;
let passkey: OwnPasskey;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  passkey = await givePasskey(service, person);
  browser = visitor(service);
  await browser.open('/sign-in');
});
afterAll(() => service.stop());

const sessions = async () => (await service.sql('select from sessions where user_id = $1', [person.userId])).length;
const bytesOf = (text = '') => Buffer.from(text, 'base64url');
const withField = (given: Assertion, field: (typeof FIELDS)[number], bytes: Buffer): Assertion => ({
  ...given,
  response: { ...given.response, [field]: bytes.toString('base64url') },
});

/** A small change at a place that goes through all bytes of the field: a bit, a byte more or less, a byte that is lost, ... */
function mutant(given: Assertion, number: number): Assertion {
  const field = FIELDS[number % FIELDS.length] as (typeof FIELDS)[number];
  const step = Math.floor(number / FIELDS.length);
  const bytes = bytesOf(given.response[field]);
  const place = step % bytes.length;
  const changed = Buffer.from(bytes);
  switch (step % 6) {
    case 0:
    case 1:
    case 2:
      changed[place] = (changed[place] ?? 0) ^ (1 << (step % 8));
      return withField(given, field, changed);
    case 3:
      return withField(given, field, Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]));
    case 4:
      return withField(given, field, Buffer.concat([bytes.subarray(0, place), randomBytes(1 + (step % 40)), bytes]));
    default:
      return withField(given, field, bytes.subarray(0, place));
  }
}

const sameBytes = (one: Assertion, other: Assertion) =>
  FIELDS.every((field) => bytesOf(one.response[field]).equals(bytesOf(other.response[field])));

it('S83: are refused at the JSON door and at the page, and open no session', async () => {
  const before = await sessions();
  const given = passkey.assertion(await loginChallenge(service));
  const statuses = new Map<string, number>();
  const tried = async (number: number) => {
    const assertion = mutant(given, number);
    expect(sameBytes(assertion, given), `mutant ${number}`).toBe(false);
    const { status, body } = await sendAssertion(service, assertion);
    expect([400, 401], `mutant ${number}: ${JSON.stringify(assertion)}`).toContain(status);
    const door = `${status} ${body.code}`;
    statuses.set(door, (statuses.get(door) ?? 0) + 1);
  };
  for (let number = 0; number < MUTANTS; number += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => tried(number + index)));
  }
  expect([...statuses.keys()].sort()).toEqual([
    '400 CHALLENGE_INVALID',
    '400 VALIDATION_ERROR',
    '401 INVALID_CREDENTIALS',
  ]);

  const { body } = await service.post('/v1/auth/passkeys/login-options', undefined, {
    cookie: `form=${browser.cookies.get('form')}`,
  });
  const own = passkey.assertion(body.options.challenge);
  const others = ['', '{}', 'null', '[]', '"x"', '{"id":1}', JSON.stringify(own).slice(0, -1), 'x'.repeat(16_384)];
  const mutants = Array.from({ length: 40 }, (_, index) => JSON.stringify(mutant(own, index * 7)));
  for (const passkeyField of [...others, ...mutants]) {
    const answer = await browser.submit({ passkey: passkeyField });
    expect([400, 401], passkeyField).toContain(answer.status);
    expect(browser.cookies.has('identity')).toBe(false);
  }
  expect(await sessions()).toBe(before);

  // It was the change that was refused.
  expect(await sendAssertion(service, given)).toMatchObject({ status: 200 });
  await browser.submit({ passkey: JSON.stringify(own) });
  expect(browser.cookies.has('identity')).toBe(true);
  expect(await sessions()).toBe(before + 2);
});

it('S83: one assertion opens one session, of twenty that a page sends at once', async () => {
  const before = await sessions();
  const visits = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const visit = visitor(service);
      visit.cookies.set('form', browser.cookies.get('form') ?? '');
      await visit.open('/sign-in');
      return visit;
    }),
  );
  const { body } = await service.post('/v1/auth/passkeys/login-options', undefined, {
    cookie: `form=${browser.cookies.get('form')}`,
  });
  const sent = { passkey: JSON.stringify(passkey.assertion(body.options.challenge)) };
  const answers = await Promise.all(visits.map((visit) => visit.submit(sent)));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(401)]);
  expect(await sessions()).toBe(before + 1);
});
