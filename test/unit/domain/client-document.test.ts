import { describe, expect, it } from 'vitest';
import { documentIn, freshUntil, isDocumentId } from '../../../functions/domain/client-document.ts';
import type { ClientId } from '../../../functions/domain/ids.ts';

const isId = (id: string, issuer = 'https://id.example') => isDocumentId(id as ClientId, { issuer });

describe('the address of a document', () => {
  it.each(['https://agent.example/oauth/client.json', 'https://agent.example:8443/c', 'https://agent.example/c?v=1'])(
    'may be %s',
    (id) => expect(isId(id)).toBe(true),
  );

  it.each([
    ...['http://agent.example/c', 'http://localhost/c', 'ftp://agent.example/c', 'https:agent.example/c'],
    ...['https://agent.example', 'https://agent.example/', 'https://agent.example/c#x', 'https://agent.example/c#'],
    ...['https://user@agent.example/c', 'https://user:secret@agent.example/c'],
    ...['https://agent.example/a/../c', 'https://agent.example/./c', 'https://agent.example/%2e%2e/c'],
    ...[
      'https://agent.example/a/%2E/c',
      'https://Agent.example/c',
      'https://agent.example:443/c',
      'HTTPS://agent.example/c',
    ],
    ...[
      'https://agent.example/ c',
      'https://agent.example\\c',
      'https://agent.example/\u0000',
      'https://räksmörgås.example/c',
    ],
    ...[`https://agent.example/${'c'.repeat(1_000)}`, 'https://id.example/c', 'c_other', ''],
  ])('S78: may not be %j', (id) => expect(isId(id)).toBe(false));

  it('may be a loopback address on the local host alone', () => {
    expect(isId('http://localhost:4000/c', 'http://localhost:3000')).toBe(true);
    expect(isId('http://agent.example/c', 'http://localhost:3000')).toBe(false);
    expect(isId('http://localhost:3000/c', 'http://localhost:3000')).toBe(false);
  });
});

it.each([
  ['', 3_600],
  ['max-age=60', 300],
  ['public, max-age=7200', 7_200],
  ['max-age=999999999', 86_400],
  ['no-store', 300],
  ['no-cache, max-age=7200', 300],
  ['s-maxage=10, stale-while-revalidate=5', 3_600],
])('with the header %j a document counts for %d seconds', (cacheControl, seconds) => {
  const now = new Date();
  expect(freshUntil(cacheControl, now).getTime() - now.getTime()).toBe(seconds * 1000);
});

it.each(['', '[]', 'null', '"a"', '{', '{"a":"\\u0000"}', '{"a":"\\ud800"}', Buffer.from([0x7b, 0xff, 0x7d])])(
  'S30: %j is no document',
  (body) => expect(documentIn(Buffer.from(body))).toBeNull(),
);
