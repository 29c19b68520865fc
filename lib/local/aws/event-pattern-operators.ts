/** The comparison operators of EventBridge event patterns; each looks at one value of an event. */
import { BlockList, isIP } from 'node:net';
import { AwsError } from './service.ts';

export type Leaf = string | number | boolean | null;
export type Test = (value: Leaf) => boolean;

/** The error of PutRule and TestEventPattern; its reason is the engine's own text. */
export const invalidPattern = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

/**
 * Returns the test for one alternative of a field; `absent` for `{"exists": false}`, which no value satisfies.
 * @throws AwsError InvalidEventPatternException
 */
export function testOf(alternative: unknown): Test | 'absent' {
  if (typeof alternative === 'string') return equalTo(alternative);
  if (isLeaf(alternative)) return (value) => value === alternative;
  const [operator, operand] = soleMember(alternative, 'Match value must be String, number, true, false, or null');
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false.');
      return operand ? () => true : 'absent';
    case 'prefix':
    case 'suffix':
      return isLeaf(operand) ? affix(operator, operand, false) : affix(operator, ignoreCase(operator, operand), true);
    case 'equals-ignore-case':
      return equalIgnoringCase(text(operator, operand));
    case 'wildcard':
      return wildcard(text(operator, operand));
    case 'numeric':
      return numeric(operand);
    case 'cidr':
      return cidr(text(operator, operand));
    case 'anything-but':
      return anythingBut(operand);
    default:
      throw invalidPattern(`Unrecognized match type ${operator}`);
  }
}

/** All spellings of an IP address are equal, such as `::1` and `0:0:0:0:0:0:0:1`. */
function equalTo(expected: string): Test {
  if (!isIP(expected)) return (value) => value === expected;
  const same = addresses(expected);
  return (value) => value === expected || same(value);
}

function affix(operator: 'prefix' | 'suffix', operand: unknown, ignoringCase: boolean): Test {
  const fold = (value: string) => (ignoringCase ? value.toLowerCase() : value);
  const expected = fold(text(operator, operand));
  return (value) =>
    typeof value === 'string' &&
    (operator === 'prefix' ? fold(value).startsWith(expected) : fold(value).endsWith(expected));
}

function ignoreCase(operator: string, operand: unknown): unknown {
  const [name, expected] = soleMember(operand, `${operator} match pattern must be a string`);
  if (name !== 'equals-ignore-case') throw invalidPattern(`Unsupported ${operator} pattern: ${name}`);
  return expected;
}

function equalIgnoringCase(expected: string): Test {
  const folded = expected.toLowerCase();
  return (value) => typeof value === 'string' && value.toLowerCase() === folded;
}

/** `*` stands for any number of characters, also none; a backslash makes it, or another backslash, literal. */
function wildcard(pattern: string): Test {
  const source = pattern.replaceAll(/\\[*\\]|\\|\*+|[^*\\]+/g, (part, position: number) => {
    if (part === '*') return '.*';
    if (part.startsWith('*')) throw invalidPattern(`Consecutive wildcard characters at pos ${position}`);
    if (part === '\\') throw invalidPattern(`Invalid escape character at pos ${position}`);
    return part.replace(/^\\/, '').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  const whole = new RegExp(`^${source}$`, 's');
  return (value) => typeof value === 'string' && whole.test(value);
}

/** User guide: "values between -5.0e9 and +5.0e9 inclusive, with 15 digits of precision". */
const NUMERIC_BOUND = 5e9;

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(operand: unknown): Test {
  if (!Array.isArray(operand)) throw invalidPattern('Value of numeric must be an array.');
  const [operator, bound, upperOperator, upperBound, ...more] = operand;
  const lower = comparison(operator, bound);
  if (operand.length === 2) return (value) => isWithinBound(value) && lower(value);
  if (!String(operator).startsWith('>') || more.length > 0) {
    throw invalidPattern('Too many elements in numeric expression');
  }
  if (!String(upperOperator).startsWith('<')) throw invalidPattern(`Bad numeric range operator: ${upperOperator}`);
  const upper = comparison(upperOperator, upperBound);
  if (bound >= upperBound) throw invalidPattern('Bottom must be less than top');
  return (value) => isWithinBound(value) && lower(value) && upper(value);
}

function comparison(operator: unknown, bound: unknown): (value: number) => boolean {
  const compare = comparisons[String(operator)];
  if (!compare) throw invalidPattern(`Unrecognized numeric range operator: ${operator}`);
  if (typeof bound !== 'number') throw invalidPattern(`Value of ${operator} must be numeric`);
  if (!isWithinBound(bound)) {
    throw invalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive');
  }
  return (value) => compare(value, bound);
}

const isWithinBound = (value: Leaf): value is number => typeof value === 'number' && Math.abs(value) <= NUMERIC_BOUND;

function cidr(block: string): Test {
  const [address = '', bits = '', ...more] = block.split('/');
  if (more.length > 0 || bits === '') throw invalidPattern("Malformed CIDR, one '/' required");
  if (!isIP(address)) throw invalidPattern(`Nonstandard IP address: ${address}`);
  if (!/^\d+$/.test(bits)) throw invalidPattern('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) > widthOf(address)) throw invalidPattern(`Malformed CIDR, at most ${widthOf(address)} mask bits`);
  return addresses(address, Number(bits));
}

function addresses(address: string, bits = widthOf(address)): Test {
  const block = new BlockList();
  block.addSubnet(address, bits, familyOf(address));
  return (value) => typeof value === 'string' && isIP(value) === isIP(address) && block.check(value, familyOf(value));
}

const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
const widthOf = (address: string) => (isIP(address) === 4 ? 32 : 128);

/** Any value except those. If the event has a list of values, one other value in it is enough. */
function anythingBut(operand: unknown): Test {
  if (typeof operand === 'string' || typeof operand === 'number') return (value) => value !== operand;
  if (Array.isArray(operand)) {
    const kinds = new Set(operand.map((excluded) => typeof excluded));
    if (kinds.has('object') || kinds.has('boolean')) {
      throw invalidPattern('Inside anything but list, start|null|boolean is not supported.');
    }
    if (kinds.size !== 1) {
      throw invalidPattern(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      );
    }
    return (value) => !operand.includes(value);
  }
  const expected = 'Value of anything-but must be an array or single string/number value.';
  const [operator, excluded] = soleMember(operand, expected);
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
    throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
  }
  const tests = [excluded].flat().map((one) => {
    if (text(operator, one) === '') throw invalidPattern('Null prefix/suffix not allowed');
    return testOf({ [operator]: one }) as Test;
  });
  if (tests.length === 0) throw invalidPattern('Empty arrays are not allowed');
  return (value) => !tests.some((test) => test(value));
}

function soleMember(value: unknown, otherwise: string): [name: string, operand: unknown] {
  if (isLeaf(value) || Array.isArray(value)) throw invalidPattern(otherwise);
  const [member, ...more] = Object.entries(value as object);
  if (!member) throw invalidPattern('Match expression name not found');
  if (more.length > 0) throw invalidPattern('Only one key allowed in match expression');
  return member;
}

function text(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
  return operand;
}

const isLeaf = (value: unknown): value is Leaf => value === null || typeof value !== 'object';
