/** Everything that reads text from outside, and texts that a reader of quadratic cost would read for seconds (S66). */
import { FindUsersQuery } from '../../functions/contracts/http/administration.ts';
import { PageQuery } from '../../functions/contracts/http/fields.ts';
import { LoginRequest } from '../../functions/contracts/http.ts';
import { clientNetwork } from '../../functions/domain/client-ip.ts';
import { emailKey, withAsciiDomain } from '../../functions/domain/email-address.ts';
import { importedUser } from '../../functions/domain/imported-user.ts';
import { acceptedLanguage } from '../../functions/domain/language.ts';
import { notificationContent } from '../../functions/domain/mail/notification.ts';
import { checkNewPassword } from '../../functions/domain/password-policy.ts';
import { wordIn } from '../../functions/domain/password-variants.ts';
import { cutText, holdsUnseen, isVisible, shownText } from '../../functions/domain/people-text.ts';
import { Problem } from '../../functions/domain/problem.ts';
import { parseBody, validate } from '../../functions/http/body.ts';
import { readCookies } from '../../functions/http/cookies.ts';
import { documentAnswer } from '../../functions/http/document.ts';
import { parseJson } from '../../functions/http/parse-json.ts';
import { pathId, readQuery } from '../../functions/http/query.ts';
import { bearerToken } from '../../functions/packages/verify/index.ts';
import { jwksCache } from '../../functions/packages/verify/jwks-cache.ts';
import { defaultSettings } from './settings.ts';

/** Six times what API Gateway allows for all headers and the request line together. */
const SIZE = 64 * 1024;
const repeated = (part: string, start = '', end = '') =>
  start + part.repeat(Math.floor((SIZE - start.length - end.length) / part.length)) + end;

/** A Problem counts as an answer, too. */
export function tolerant(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

const request = (headers: Record<string, string>) => ({ body: '{}', headers, isBase64Encoded: false }) as never;

const readLogin = (headers: Record<string, string>) =>
  validate(LoginRequest, parseBody(request(headers), LoginRequest, ['json']));

/** Everything that reads text from outside, except the parser of bodies. */
export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  Authorization: (text) => [bearerToken(text), bearerToken(`Bearer ${text}`), bearerToken(`Bearer ${text}!`)],
  'Accept-Language': acceptedLanguage,
  'If-None-Match': (text) =>
    documentAnswer({ headers: { 'if-none-match': text } }, { body: '', etag: '"x"' }, 'no-store'),
  'Content-Type': (text) => readLogin({ 'content-type': text }),
  'its charset': (text) => readLogin({ 'content-type': `application/json;charset=${text}` }),
  'Content-Encoding': (text) => readLogin({ 'content-encoding': text }),
  Cookie: (text) => readCookies(text.split(';')),
  'a query': (text) => readQuery({ search: new URLSearchParams(text) }, PageQuery),
  'an id in the path': (text) => pathId({ pathParameters: { id: text } }, 'id'),
  'a cursor': (text) => readQuery({ search: new URLSearchParams({ cursor: text, limit: text }) }, PageQuery),
  'an address in the query': (text) => readQuery({ search: new URLSearchParams({ email: text }) }, FindUsersQuery),
  'an address': (text) => [emailKey(text), withAsciiDomain(text), emailKey(`a@${text}`), withAsciiDomain(`a@${text}`)],
  'a client address': clientNetwork,
  'a password': (text) => checkNewPassword(text, 'a@example.org', defaultSettings),
  'a word in a password': wordIn,
  'a name': (text) => [holdsUnseen(text), isVisible(text), shownText(text), cutText(text, 100)],
  'a hash of another system': (text) =>
    ['', '$2b$10$', 'pbkdf2_sha256$1000$', '$scrypt$ln=10,r=8,p=1$', '$argon2id$v=19$m=19456,t=2,p=1$'].map(
      (start) =>
        importedUser(defaultSettings).safeParse({ email: 'a@example.org', password_hash: start + text }).success,
    ),
  'a text to be mailed': (text) =>
    notificationContent({ subject: `${text}x`, body: `${text}x` }, { hosts: [] } as never),
  'a line of an import': (text) => parseJson(`{"a":"${text}`),
  'a Cache-Control': (text) => {
    const fetched = async () => ({
      ok: true,
      status: 200,
      headers: new Map([['cache-control', text]]),
      json: async () => ({ keys: [] }),
    });
    return jwksCache('https://id.example', { fetch: fetched as never, now: () => new Date() })('x');
  },
};

export const texts = [
  ...[
    'a',
    'Å',
    '1',
    ' ',
    '\t',
    '\n',
    '\n ',
    '\\',
    '"',
    '-',
    '--',
    '.',
    'a.',
    'a-',
    ',',
    ' ,',
    ';',
    ';q',
    'q=0.',
    '=',
    '+/',
  ],
  ...[
    '$',
    '%',
    '%41',
    '@',
    ':',
    '::',
    '0',
    '(',
    '*',
    '\u200d',
    '👩‍',
    '\u0301',
    '\u0301\u0316',
    '\u{1f3f4}\u{e0067}',
    'é',
    '!',
    '\u3000',
  ],
].flatMap((part) => [repeated(part), repeated(part, 'a', '\u0001'), repeated(part, '1', 'b!')]);

/** What an honest client could send, of the same length. */
const honest = JSON.stringify({ key: Array.from({ length: 4000 }, (_, i) => `value ${i}`) });
export const readHonest = () => parseJson(honest);
