import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../lib/local/aws/event-pattern.ts';

describe('an invalid event pattern', () => {
  it.each<[string, unknown, string]>([
    ['that is not an object', [], 'Filter is not an object'],
    ['that is empty', {}, 'Empty objects are not allowed'],
    ['with an empty object in it', { detail: {} }, 'Empty objects are not allowed'],
    ['with a bare value', { source: 'aws.ec2' }, '"source" must be an object or an array'],
    ['with an empty list', { source: [] }, 'Empty arrays are not allowed'],
    ['with a list in a list', { source: [['a']] }, 'Match value must be String, number, true, false, or null'],
    ['with an unknown operator', { source: [{ regex: '.*' }] }, 'Unrecognized match type regex'],
    ['with an operator left out', { source: [{}] }, 'Match expression name not found'],
    [
      'with two operators in one',
      { source: [{ prefix: 'a', suffix: 'b' }] },
      'Only one key allowed in match expression',
    ],
    ['with a prefix that is not text', { source: [{ prefix: 5 }] }, 'prefix match pattern must be a string'],
    [
      'with a suffix of an unknown kind',
      { source: [{ suffix: { wildcard: 'a' } }] },
      'Unsupported suffix pattern: wildcard',
    ],
    ['with exists as text', { source: [{ exists: 'true' }] }, 'exists match pattern must be either true or false.'],
    ['with two wildcards in a row', { source: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters at pos 1'],
    ['with a stray backslash', { source: [{ wildcard: 'ab\\c' }] }, 'Invalid escape character at pos 2'],
    ['with numeric as a bare number', { n: [{ numeric: 5 }] }, 'Value of numeric must be an array.'],
    ['with an unknown comparison', { n: [{ numeric: ['!=', 5] }] }, 'Unrecognized numeric range operator: !='],
    ['with a bound that is not a number', { n: [{ numeric: ['>', '25'] }] }, 'Value of > must be numeric'],
    [
      'with a bound out of range',
      { n: [{ numeric: ['>', 6e9] }] },
      'Value must be between -5.0E9 and 5.0E9, inclusive',
    ],
    ['with a range from above', { n: [{ numeric: ['<', 5, '>', 1] }] }, 'Too many elements in numeric expression'],
    ['with a range of two lower bounds', { n: [{ numeric: ['>', 1, '>', 2] }] }, 'Bad numeric range operator: >'],
    ['with a range that is empty', { n: [{ numeric: ['>', 5, '<', 5] }] }, 'Bottom must be less than top'],
    [
      'with a range of three',
      { n: [{ numeric: ['>', 1, '<', 5, '<', 6] }] },
      'Too many elements in numeric expression',
    ],
    ['with a block without bits', { ip: [{ cidr: '10.0.0.0' }] }, "Malformed CIDR, one '/' required"],
    ['with a block without an address', { ip: [{ cidr: 'ten/8' }] }, 'Nonstandard IP address: ten'],
    ['with too many bits', { ip: [{ cidr: '10.0.0.0/33' }] }, 'Malformed CIDR, at most 32 mask bits'],
    [
      'with anything-but null',
      { v: [{ 'anything-but': null }] },
      'Value of anything-but must be an array or single string/number value.',
    ],
    [
      'with anything-but a mixture',
      { v: [{ 'anything-but': ['a', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [
      'with anything-but nothing',
      { v: [{ 'anything-but': [] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [
      'with anything-but a list of operators',
      { v: [{ 'anything-but': [{ prefix: 'a' }] }] },
      'Inside anything but list, start|null|boolean is not supported.',
    ],
    [
      'with anything-but an operator that it does not take',
      { v: [{ 'anything-but': { numeric: ['>', 1] } }] },
      'Unsupported anything-but pattern: numeric',
    ],
    [
      'with anything-but an empty prefix',
      { v: [{ 'anything-but': { prefix: '' } }] },
      'Null prefix/suffix not allowed',
    ],
    ['with $or of one', { $or: [{ a: [1] }] }, 'There must have at least 2 Objects in $or relationship.'],
    [
      'with $or of lists',
      { $or: [{ a: [1] }, [{ b: [1] }]] },
      'Only JSON object is allowed in array of $or relationship.',
    ],
    ['with $or without a list', { $or: { a: [1] } }, 'It must be an Array followed with $or.'],
    [
      'with an operator as a field of $or',
      { $or: [{ prefix: ['a'] }, { b: [1] }] },
      'prefix is Ruler reserved fieldName which cannot be used inside $or.',
    ],
    [
      'with more combinations than the service takes',
      { a: { $or: or(32) }, b: { $or: or(32) } },
      'The $or relationships make more than 1000 combinations',
    ],
  ])('%s is refused with the reason', (_, pattern, reason) => {
    expect(() => compilePattern(JSON.stringify(pattern))).toThrow(
      expect.objectContaining({
        code: 'InvalidEventPatternException',
        message: `Event pattern is not valid. Reason: ${reason}`,
      }),
    );
  });

  it('that is not JSON is refused', () => {
    expect(() => compilePattern('{"source": [')).toThrow(/^Event pattern is not valid\. Reason: /);
  });
});

const or = (count: number) => Array.from({ length: count }, (_, i) => ({ [`f${i}`]: [i] }));
