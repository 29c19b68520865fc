/**
 * EventBridge event patterns, as the service matches them. Its engine is open source (aws/event-ruler): where the user
 * guide is silent or disagrees with the engine, this follows the engine.
 */
import { invalidPattern, type Leaf, type Test, testOf } from './event-pattern-operators.ts';

/** Whether an event, as a rule's target would see it, matches. */
export type Matcher = (event: object) => boolean;

interface FieldPattern {
  /** Path from the root, joined by dots. EventBridge too does not distinguish `{"a":{"b":…}}` from `{"a.b":…}`. */
  readonly path: string;
  readonly tests: readonly Test[];
  /** `{"exists": false}` is among the alternatives. */
  readonly mayBeAbsent: boolean;
}

/** Fields that must all match. `$or` gives several of these conjunctions; one of them must match. */
type Conjunction = ReadonlyMap<string, FieldPattern>;

/** Which element of each array a value came from. */
type Elements = ReadonlyMap<readonly unknown[], number>;

interface EventField {
  readonly value: Leaf;
  readonly elements: Elements;
}

/** "If the number of rule combinations exceeds 1,000, the rule cannot be created": user guide, `$or`. */
const MOST_COMBINATIONS = 1000;

const RESERVED_IN_OR = new Set(
  ['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'].concat(
    ['=', '<', '<=', '>', '>='],
  ),
);

/**
 * Compiles a pattern.
 * @param pattern its JSON text
 * @throws AwsError InvalidEventPatternException saying what is wrong with it
 */
export function compilePattern(pattern: string): Matcher {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch (error) {
    throw invalidPattern((error as Error).message);
  }
  if (!isObject(parsed)) throw invalidPattern('Filter is not an object');
  const alternatives = compileObject(parsed, [], [new Map()], false).map((fields) =>
    // The engine visits the fields by name. With arrays, this order decides in which element a field must be absent.
    [...fields.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
  return (event) => {
    const fields = flatten(event);
    return alternatives.some((alternative) => matchAll(alternative, fields, new Map()));
  };
}

function compileObject(
  pattern: Record<string, unknown>,
  path: readonly string[],
  outer: readonly Conjunction[],
  inOr: boolean,
): readonly Conjunction[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalidPattern('Empty objects are not allowed');
  return entries.reduce((conjunctions, [name, value]) => {
    if (name === '$or') return compileOr(value, path, conjunctions);
    if (inOr && RESERVED_IN_OR.has(name)) {
      throw invalidPattern(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    if (isObject(value)) return compileObject(value, [...path, name], conjunctions, inOr);
    if (!Array.isArray(value)) throw invalidPattern(`"${name}" must be an object or an array`);
    const field = compileField([...path, name].join('.'), value);
    return conjunctions.map((conjunction) => new Map([...conjunction, [field.path, field]]));
  }, outer);
}

function compileOr(branches: unknown, path: readonly string[], outer: readonly Conjunction[]): Conjunction[] {
  if (!Array.isArray(branches)) throw invalidPattern('It must be an Array followed with $or.');
  if (branches.length < 2) throw invalidPattern('There must have at least 2 Objects in $or relationship.');
  const conjunctions = branches.flatMap((branch: unknown) => {
    if (!isObject(branch)) throw invalidPattern('Only JSON object is allowed in array of $or relationship.');
    return compileObject(branch, path, outer, true);
  });
  if (conjunctions.length > MOST_COMBINATIONS) {
    throw invalidPattern(`The $or relationships make more than ${MOST_COMBINATIONS} combinations`);
  }
  return conjunctions;
}

function compileField(path: string, alternatives: readonly unknown[]): FieldPattern {
  if (alternatives.length === 0) throw invalidPattern('Empty arrays are not allowed');
  const tests = alternatives.map(testOf);
  return {
    path,
    tests: tests.filter((test) => test !== 'absent'),
    mayBeAbsent: tests.includes('absent'),
  };
}

/** The event's leaves by path. Arrays are not in the path, only in {@link Elements}; empty arrays are nowhere. */
function flatten(event: object): Map<string, EventField[]> {
  const fields = new Map<string, EventField[]>();
  const visit = (value: unknown, path: string, elements: Elements): void => {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) visit(element, path, new Map([...elements, [value, index]]));
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) visit(member, path ? `${path}.${name}` : name, elements);
    } else {
      const known = fields.get(path);
      const field = { value: value as Leaf, elements };
      if (known) known.push(field);
      else fields.set(path, [field]);
    }
  };
  visit(event, '', new Map());
  return fields;
}

/** All fields must match in one element of an array: `Anna` in one and `Jones` in the next are not `Anna Jones`. */
function matchAll(
  [field, ...rest]: readonly FieldPattern[],
  event: ReadonlyMap<string, readonly EventField[]>,
  chosen: Elements,
): boolean {
  if (!field) return true;
  const candidates = (event.get(field.path) ?? []).filter(({ elements }) => agree(elements, chosen));
  if (field.mayBeAbsent && candidates.length === 0) return matchAll(rest, event, chosen);
  return candidates.some(
    ({ value, elements }) =>
      field.tests.some((test) => test(value)) && matchAll(rest, event, new Map([...chosen, ...elements])),
  );
}

const agree = (elements: Elements, chosen: Elements) =>
  [...elements].every(([array, index]) => (chosen.get(array) ?? index) === index);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
