/**
 * JSON as a request may send it: stricter than JSON.parse where leniency is how two readers come to understand one
 * document differently, or how a database is handed what it cannot hold (S30).
 */
import { type Fault, Problem } from '../domain/problem.ts';

const MAX_DEPTH = 16;

/** @throws Problem VALIDATION_ERROR for malformed JSON, duplicate keys, `__proto__`, deep nesting, NUL, lone surrogates */
export function parseJson(text: string): unknown {
  checkStructure(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('', 'The body is not well-formed JSON.');
  }
  const faults = [...unstorable(value, '')];
  if (faults.length > 0) throw new Problem('VALIDATION_ERROR', { errors: faults });
  return value;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * Looks at what JSON.parse hides: depth, and keys that come twice. Anything malformed is left for JSON.parse to refuse.
 */
function checkStructure(text: string): void {
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      expectsKey = token === '{';
      if (open.length > MAX_DEPTH) throw invalid('', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    } else if (token === '}' || token === ']') {
      open.pop();
      expectsKey = false;
    } else if (token === ',') {
      expectsKey = open.at(-1) instanceof Set;
    } else if (token === ':') {
      expectsKey = false;
    } else if (expectsKey) {
      checkKey(token, open.at(-1));
    }
  }
}

function checkKey(token: string, keys: Set<string> | null | undefined): void {
  let key: string;
  try {
    key = JSON.parse(token);
  } catch {
    return;
  }
  if (key === '__proto__') throw invalid('/__proto__', 'This key is not allowed.');
  if (keys?.has(key)) throw invalid(`/${pointerToken(key)}`, 'This key comes twice.');
  keys?.add(key);
}

/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair. */
function* unstorable(value: unknown, pointer: string): Generator<Fault> {
  if (typeof value === 'string') {
    if (value.includes('\0')) yield { pointer, detail: 'must not contain U+0000' };
    else if (!value.isWellFormed()) yield { pointer, detail: 'must be well-formed Unicode' };
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* unstorable(member, `${pointer}/${pointerToken(key)}`);
  }
}

/** RFC 6901 §3. What a caller named itself is cut, so that an answer stays small. */
export const pointerToken = (key: string | number): string =>
  String(key).toWellFormed().slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

const invalid = (pointer: string, detail: string) =>
  new Problem('VALIDATION_ERROR', { detail, errors: [{ pointer, detail }] });
