/** Routes for OAuth clients, through the real core and the real gateway. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Doors, type HeaderFields, startDoors } from '../../support/doors.ts';

let host: Doors;
beforeAll(async () => {
  host = await startDoors();
});
afterAll(() => host.stop());
const send: Doors['send'] = (...request) => host.send(...request);
const sendForm: Doors['sendForm'] = (...request) => host.sendForm(...request);

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const unknown = { error: 'invalid_client', error_description: 'Unknown client, or wrong secret' };

it.each([
  ['HTTP Basic', 'token=x', basic('machine', 's3cret'), 'machine by client_secret_basic'],
  [
    'Basic of encoded parts',
    'token=x',
    basic('with%3Acolon', 'p%2Bw+%25%2F%C3%A5'),
    'with:colon by client_secret_basic',
  ],
  ['the form', 'token=x&client_id=machine&client_secret=s3cret', {}, 'machine by client_secret_post'],
  ['an assertion', `token=x&client_assertion=a.b.c&client_assertion_type=${TYPE}`, {}, 'a.b.c by private_key_jwt'],
  ['its name, if it has no secret', 'token=x&client_id=public', {}, 'public by none'],
  ['its name, with a secret that has no value', 'token=x&client_id=public&client_secret=', {}, 'public by none'],
  [
    'Basic, with parameters that have no value',
    'token=x&client_id=&client_secret=&token_type_hint=',
    basic('machine', 's3cret'),
    'machine by client_secret_basic',
  ],
  [
    'Basic, and its name again',
    'token=x&client_id=machine',
    basic('machine', 's3cret'),
    'machine by client_secret_basic',
  ],
])('knows a client by %s', async (_, fields, headers, message) => {
  const answer = await sendForm('/client', fields, headers as HeaderFields);
  expect([answer.status, answer.body]).toEqual([200, { message }]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it.each([
  ['a wrong secret', basic('machine', 'x')],
  ['an unknown client', basic('nobody', 's3cret')],
  ['another scheme', { authorization: 'Bearer x' }],
  ['what is not base64', { authorization: 'Basic ä'.normalize('NFKD').replace(/[^\x20-\x7e]/g, '!') }],
  ['parts that are not encoded', basic('machine', '%')],
  ['what no database holds', basic('with%00nul', 's3cret')],
  ['what no database holds, as it is', basic('machine', 's3\0cret')],
  ['no colon', { authorization: `Basic ${Buffer.from('machine').toString('base64')}` }],
])('answers invalid_client and the scheme for %s in the header', async (_, headers) => {
  const answer = await sendForm('/client', 'token=x', headers);
  expect([answer.status, answer.body]).toEqual([401, unknown]);
  expect(answer.headers.get('www-authenticate')).toBe('Basic realm="oauth"');
});

it.each(['token=x', 'token=x&client_id=machine', 'token=x&client_id=machine&client_secret=x', 'client_id=&token=x'])(
  'answers invalid_client for %s in the form',
  async (fields) => {
    const answer = await sendForm('/client', fields);
    expect([answer.status, answer.body]).toEqual([401, unknown]);
  },
);

it.each([
  ['two ways', 'token=x&client_id=machine&client_secret=s3cret', basic('machine', 's3cret')],
  ['two names', 'token=x&client_id=public', basic('machine', 's3cret')],
  ['an assertion as well', 'token=x&client_assertion=x', basic('machine', 's3cret')],
  [
    'an assertion beside a secret',
    `token=x&client_id=machine&client_secret=x&client_assertion=a.b.c&client_assertion_type=${TYPE}`,
    {},
  ],
  ['an assertion without its type', 'token=x&client_assertion=a.b.c', {}],
  [
    'an assertion of another type',
    'token=x&client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    {},
  ],
  ['the type of an assertion alone', `token=x&client_assertion_type=${TYPE}`, {}],
  ['a parameter twice', 'token=x&token=x', basic('machine', 's3cret')],
  ['its name twice', 'token=x&client_id=public&client_id=public', {}],
  ['a missing parameter', 'other=x', basic('machine', 's3cret')],
  ['a parameter without a value', 'token=', basic('machine', 's3cret')],
])('answers invalid_request for %s', async (_, fields, headers) => {
  const answer = await sendForm('/client', fields, headers as HeaderFields);
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
});

it.each(['null', '[]', '"client_id"'])('of one that takes JSON too, says invalid_client for %s', async (body) => {
  const answer = await send('POST', '/json-client', { 'content-type': 'application/json' }, body);
  expect([answer.status, answer.body]).toEqual([401, unknown]);
});

it('takes no JSON', async () => {
  const headers = { 'content-type': 'application/json', ...basic('machine', 's3cret') };
  const answer = await send('POST', '/client', headers, '{"token":"x"}');
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
});

it('names what is missing in the characters that RFC 6749 allows', async () => {
  const { body } = await sendForm('/client', 'other="x"', basic('machine', 's3cret'));
  expect(body.error_description).toContain('not valid: token is required');
  expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
});

it('answers server_error and temporarily_unavailable, and reveals nothing of what failed', async () => {
  const broken = await sendForm('/client', 'token=broken', basic('machine', 's3cret'));
  expect([broken.status, broken.body]).toEqual([500, { error: 'server_error', error_description: 'Internal error' }]);
  const often = await sendForm('/client', 'token=often', basic('machine', 's3cret'));
  expect([often.status, often.body.error]).toEqual([429, 'temporarily_unavailable']);
  expect(often.headers.get('retry-after')).toBe('3');
});
