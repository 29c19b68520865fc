/**
 * The passwords that are tried first: 49,000 that leaks have shown to be the most common (S3).
 *
 * Run while bundling (lib/build/bundle.ts): a function's bundle holds the outcome, a string that needs no work at the
 * start, instead of the package. Most are shorter than a password here may be; they count as parts of a longer one.
 */
import passwords from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };
import { fold, wordIn } from './password-variants.ts';

const SHORTEST = 3;

const entries = new Set((passwords as readonly string[]).map(fold).flatMap((entry) => [entry, wordIn(entry)]));

/** Each stands between two newlines, so one scan finds it: a seventh of a millisecond, and no table is built before. */
export const commonPasswords: string = `\n${[...entries]
  .filter((entry) => entry.length >= SHORTEST)
  .sort()
  .join('\n')}\n`;
