/** Bodies whose reading would take seconds if it were of quadratic cost, and how a route reads one (S66). */
import { bodyOf } from '../../functions/contracts/http/body-limit.ts';
import * as organizations from '../../functions/contracts/http/organizations.ts';
import type { Schema } from '../../functions/contracts/http.ts';
import * as http from '../../functions/contracts/http.ts';
import { Problem } from '../../functions/domain/problem.ts';
import { parseBody, validate } from '../../functions/http/body.ts';

/** The most that a route may ever accept; most accept a quarter. */
export const SIZE = 64 * 1024;
export const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** As many of `part` as fit between `start` and `end`. */
function filled(start: string, part: string | ((index: number) => string), end: string, separator = ''): string {
  const parts: string[] = [];
  let room = SIZE - Buffer.byteLength(start + end);
  for (let index = 0; ; index++) {
    const next = (index > 0 ? separator : '') + (typeof part === 'string' ? part : part(index));
    room -= Buffer.byteLength(next);
    if (room < 0) return start + parts.join('') + end;
    parts.push(next);
  }
}

const account = '"email":"a@example.org","password":"correct horse battery staple"';

/** What an honest client could send, if a field needed this much. */
const honest = filled(`{${account},"more":{`, (index) => `"key${index}":"${'value '.repeat(4)}"`, '}}', ',');

export const bodies: Readonly<Record<string, string>> = {
  'a string of escapes that is not closed': filled('"', '\\"', ''),
  backslashes: filled('"', '\\', ''),
  'quotation marks': filled('', '"', ''),
  'a key of escapes that is not closed': filled('{"', '\\"', ''),
  'escapes, closed': filled('{"email":"', '\\u0061', '"}'),
  'open brackets': filled('', '[', ''),
  'open braces': filled('', '{"a":', ''),
  'brackets, closed': '['.repeat(SIZE / 2) + ']'.repeat(SIZE / 2),
  'one long number': filled('{"email":', '9', '}'),
  'one long fraction': filled('{"email":0.', '1', '}'),
  'one long exponent': filled('{"email":1e', '9', '}'),
  'many numbers': filled('[', '1', ']', ','),
  'many keys': filled('{', (index) => `"k${index}":1`, '}', ','),
  'many indexes': filled('{', (index) => `"${index}":1`, '}', ','),
  'keys of one length': filled(
    '{',
    (index) => `"${String.fromCharCode(65 + (index % 26)).repeat(20)}${index}":1`,
    '}',
    ',',
  ),
  'many nulls': filled('{', (index) => `"k${index}":null`, '}', ','),
  'roles that are none': filled(`{"email":"a@example.org","roles":[`, '"A"', ']}', ','),
  'roles that are numbers': filled(`{"email":"a@example.org","roles":[`, '1', ']}', ','),
  'roles that are right': filled(`{"email":"a@example.org","roles":[`, (index) => `"r${index}"`, ']}', ','),
  'U+0000 in thousands of members': filled('{', (index) => `"${index}":"\\u0000"`, '}', ','),
  'half pairs in thousands of members': filled('{', (index) => `"${index}":"\\ud800"`, '}', ','),
  'an address of dots': filled('{"password":"x","email":"', 'a.', '@example.org"}'),
  'an address of hyphens': filled('{"password":"x","email":"a@', 'a-', '"}'),
  'an address of at signs': filled('{"password":"x","email":"', '@', '"}'),
  'an address of accents in no order': filled('{"password":"x","email":"a', '\u0301\u0316', '@example.org"}'),
  'an address of white space': filled('{"password":"x","email":"a', ' ', 'b@example.org"}'),
  'a domain to be encoded': filled('{"password":"x","email":"a@', 'é', '.org"}'),
  'a password of accents in no order': filled('{"email":"a@example.org","password":"', '\u0301\u0316', '"}'),
  'a name of joiners': filled(`{${account},"organization_name":"`, '\u200d', '"}'),
  'a name of families': filled(`{${account},"organization_name":"`, '👩‍', '"}'),
  'a name of flags': filled(`{${account},"organization_name":"`, '\u{1f3f4}\u{e0067}', '"}'),
  'a name of spaces': filled(`{${account},"organization_name":"a`, ' \u00a0', 'b"}'),
  'a locale of subtags': filled(`{${account},"locale":"de`, '-a1', '"}'),
  'a token of spaces': filled('{"token":"a', ' ', 'b","refresh_token":"x"}'),
  'white space': filled('{}', ' ', 'x'),
  'an id of hyphens': filled('{"session_id":"', '0-', '"}'),
  'a time of digits': filled('{"until":"2026-01-01T00:00:00.', '0', '"}'),
};

export const forms: Readonly<Record<string, string>> = {
  'ten thousand parameters': filled('', (index) => `k${index}`, '', '&'),
  'a hundred long parameters': Array.from({ length: 100 }, (_, index) => `k${index}=${'%41'.repeat(210)}`).join('&'),
  'the same parameter': filled('', 'a', '', '&'),
  separators: filled('', '&', ''),
  'equals signs': filled('', '=', ''),
  'percent signs': filled('token=', '%', ''),
  'encoded letters': filled('token=', '%41', ''),
  'encodings cut short': filled('token=', '%4', ''),
  'bytes that are no UTF-8': filled('token=', '%ff', ''),
  'encoded U+0000': filled('', (index) => `k${index}=%00`, '', '&'),
  'plus signs': filled('token=', '+', ''),
  'a password of accents in no order': filled('token=x&new_password=', '\u0301\u0316', ''),
};

/** The same, of any size that a route may ever take. */
export const roomy = (schema: Schema): Schema => bodyOf(SIZE, schema.clone() as Schema);

export const requests = Object.entries({ ...http, ...organizations }).flatMap(([name, schema]) =>
  /(Request|Form)$/.test(name) ? [[name, roomy(schema as Schema)] as const] : [],
);

export function read(body: string, type: string, schema: Schema): Problem | null {
  const event = { body, headers: { 'content-type': type }, isBase64Encoded: false };
  try {
    validate(schema, parseBody(event as never, schema, ['json', 'form']));
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

export const readHonest = () => read(honest, JSON_TYPE, roomy(http.RegisterRequest));
