/**
 * JSON as a request may send it: stricter than JSON.parse where leniency is how two readers come to understand one
 * document differently, or how a database is handed what it cannot hold (S30). Each step takes time in proportion to the
 * text, whatever its bytes (S66).
 */
import { type Fault, MOST_FAULTS, Problem } from '../domain/problem.ts';

const MAX_DEPTH = 16;

/** @throws Problem VALIDATION_ERROR for malformed JSON, duplicate keys, `__proto__`, deep nesting, NUL, lone surrogates */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('', 'The body is not well-formed JSON.');
  }
  // Afterwards: in what is known to be well-formed, each quotation mark that opens a string has one that closes it.
  checkStructure(text);
  return checkStorable(value);
}

/** @throws Problem VALIDATION_ERROR for text that the database cannot hold */
export function checkStorable<T>(value: T): T {
  const faults: Fault[] = [];
  findUnstorable(value, '', faults);
  if (faults.length > 0) throw new Problem('VALIDATION_ERROR', { errors: faults });
  return value;
}

/** Looks at what JSON.parse hides: depth, and keys that come twice. */
function checkStructure(text: string): void {
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) throw invalid('', `The body is nested deeper than ${MAX_DEPTH} levels.`);
      expectsKey = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      expectsKey = false;
    } else if (character === ',') {
      expectsKey = open.at(-1) instanceof Set;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (expectsKey) checkKey(JSON.parse(text.slice(at, end + 1)), open.at(-1));
      expectsKey = false;
      at = end;
    }
  }
}

/** Of the quotation mark that closes the string which the one at `start` opens. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** @throws Problem VALIDATION_ERROR for a key that comes twice, and `__proto__` */
export function checkKey(key: string, keys: Set<string> | null | undefined): void {
  if (key === '__proto__') throw invalid('/__proto__', 'This key is not allowed.');
  if (keys?.has(key)) throw invalid(`/${pointerToken(key)}`, 'This key comes twice.');
  keys?.add(key);
}

/**
 * PostgreSQL's text holds neither U+0000 nor half a surrogate pair, and some names are stored, too: those of a client's keys.
 * One fault more than an answer names is enough.
 */
function findUnstorable(value: unknown, pointer: string, faults: Fault[]): void {
  if (faults.length > MOST_FAULTS) return;
  if (typeof value === 'string') {
    if (value.includes('\0')) faults.push({ pointer, detail: 'must not contain U+0000' });
    else if (!value.isWellFormed()) faults.push({ pointer, detail: 'must be well-formed Unicode' });
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      findUnstorable(key, pointer, faults);
      findUnstorable((value as Record<string, unknown>)[key], `${pointer}/${pointerToken(key)}`, faults);
    }
  }
}

/** RFC 6901 §3. What a caller named itself is cut, so that an answer stays small. */
export const pointerToken = (key: string | number): string =>
  String(key).toWellFormed().slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

const invalid = (pointer: string, detail: string) =>
  new Problem('VALIDATION_ERROR', { detail, errors: [{ pointer, detail }] });
