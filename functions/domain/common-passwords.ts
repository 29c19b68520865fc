/**
 * The passwords that are tried first: 49,000 that leaks have shown to be the most common (S3).
 *
 * Run while bundling (lib/build/bundle.ts): a function's bundle holds the outcome, a string that needs no work at the start,
 * and not the package. Most are shorter than a password here may be; they count as what a longer one is made of.
 */
import passwords from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };
import { fold, wordIn } from './password-variants.ts';

const SHORTEST = 3;

const entries = new Set((passwords as readonly string[]).map(fold).flatMap((entry) => [entry, wordIn(entry)]));

/** Each between two newlines, so that one scan finds it: a seventh of a millisecond, and no table to build before. */
export const commonPasswords: string = `\n${[...entries]
  .filter((entry) => entry.length >= SHORTEST)
  .sort()
  .join('\n')}\n`;
