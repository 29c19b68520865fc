/** Constraints that AWS checks in front of a service; a ValidationException reports them in AWS's words. */
import { AwsError } from './service.ts';

/** @throws AwsError ValidationException when a required member is missing. */
export function present<T>(value: T | null | undefined, member: string): T {
  if (value === undefined || value === null) throw violation('null', member, 'Member must not be null');
  return value;
}

/** @throws AwsError ValidationException when the value is not in the set. */
export function among<T extends string>(value: string | undefined, member: string, set: readonly T[]): T {
  const found = set.find((one) => one === present(value, member));
  if (found === undefined) {
    throw violation(`'${value}'`, member, `Member must satisfy enum value set: [${set.join(', ')}]`);
  }
  return found;
}

/** @throws AwsError ValidationException when the number is outside the bounds, both inclusive. */
export function within(value: number, member: string, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least) {
    throw violation(`'${value}'`, member, `Member must have value greater than or equal to ${least}`);
  }
  if (value > most) throw violation(`'${value}'`, member, `Member must have value less than or equal to ${most}`);
  return value;
}

/**
 * Decodes a blob from its form in JSON.
 * @throws AwsError ValidationException when it is missing, empty or longer than `most` bytes.
 */
export function blob(base64: string | undefined, member: string, most: number): Buffer {
  const bytes = Buffer.from(present(base64, member), 'base64');
  if (bytes.length === 0) {
    throw violation('', member, 'Member must have length greater than or equal to 1');
  }
  if (bytes.length > most) throw violation('', member, `Member must have length less than or equal to ${most}`);
  return bytes;
}

function violation(value: string, member: string, constraint: string): AwsError {
  const shown = value === '' ? 'Value' : `Value ${value}`;
  return new AwsError(
    'ValidationException',
    `1 validation error detected: ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
