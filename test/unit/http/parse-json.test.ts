import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../functions/domain/problem.ts';
import { parseJson } from '../../../functions/http/parse-json.ts';

const faultsOf = (text: string) => {
  try {
    parseJson(text);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, pointers: (error.errors ?? []).map(({ pointer }) => pointer) };
  }
};

describe('S30: a request in JSON', () => {
  it('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8, noUnicodeString: false }), (text) => {
        const faults = faultsOf(text);
        if (faults === null) expect(parseJson(text)).toEqual(JSON.parse(text));
        else expect(text).toMatch(/__proto__|\\u0000|\\ud[89a-f]/i);
      }),
    );
  });

  it.each([
    '',
    '{',
    '{"a":1',
    '{"a":1}}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '[1,2',
    'undefined',
    '{"a":"\n"}',
    '{"\\x":1}',
  ])('is refused when malformed: %s', (text) => expect(faultsOf(text)?.code).toBe('VALIDATION_ERROR'));

  it('may not name a key twice, however it is spelt', () => {
    expect(faultsOf('{"email":"a","email":"b"}')?.pointers).toEqual(['/email']);
    expect(faultsOf('{"email":"a","\\u0065mail":"b"}')?.pointers).toEqual(['/email']);
    expect(faultsOf('{"a":{"x":1},"b":{"x":2},"c":["x","x"]}')).toBeNull();
    expect(faultsOf('{"a":"b","c":"b","d":{"a":"a:,{"}}')).toBeNull();
    expect(faultsOf('[{"x":1,"y":{"x":1}},{"x":1,"x":2}]')?.pointers).toEqual(['/x']);
  });

  it('may not set __proto__', () => {
    expect(faultsOf('{"__proto__":{"admin":true}}')?.pointers).toEqual(['/__proto__']);
    expect(faultsOf('{"a":{"\\u005f_proto__":1}}')?.pointers).toEqual(['/__proto__']);
  });

  it('may not hold what PostgreSQL cannot store: U+0000, half a surrogate pair', () => {
    expect(faultsOf('{"a":"x\\u0000","b":["ok","\\ud800"]}')?.pointers).toEqual(['/a', '/b/1']);
    expect(faultsOf('{"a":{"x\\u0000":1,"\\ud800":2}}')?.pointers).toEqual(['/a', '/a']);
  });

  it('may be 16 levels deep and no deeper', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(faultsOf(nested(16))).toBeNull();
    expect(faultsOf(nested(17))?.code).toBe('VALIDATION_ERROR');
    expect(faultsOf('{"a":'.repeat(60_000))?.code).toBe('VALIDATION_ERROR');
  });
});
