/** A file over 250 lines wants to be two. */
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/folders.ts';
import { readSource } from '../../support/source-files.ts';

const MOST_LINES = 250;

/** Longer files, with their length: they may shrink, and are removed here when they are short enough. */
const exceptions: Readonly<Record<string, number>> = {};

const lengths = new Map(
  globSync('{bin,lib,functions,migrations,test}/**/*.{ts,js,sql}', { cwd: repoRoot })
    // Nobody has to read a generated file.
    .filter((file) => !readSource(file).startsWith('/** Written by '))
    .sort()
    .map((file) => [file, readSource(file).split('\n').length - 1]),
);

it(`no file is longer than ${MOST_LINES} lines`, () => {
  const tooLong = [...lengths].filter(([file, lines]) => lines > (exceptions[file] ?? MOST_LINES));
  expect(tooLong).toEqual([]);
});

it('no file that needs no exception has one', () => {
  expect(Object.keys(exceptions).filter((file) => (lengths.get(file) ?? 0) <= MOST_LINES)).toEqual([]);
});
