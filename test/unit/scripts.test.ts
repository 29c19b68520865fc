/** The README's table of scripts, package.json and CI name the same ones. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';

const read = (file: string) => readFileSync(join(repoRoot, file), 'utf8');
const scripts = Object.keys(JSON.parse(read('package.json')).scripts).sort();

/** The scripts of the first column: `npm start`, `npm run types`, and a bare `lint` beside it. */
const inTable = (/## Scripts\n(.*?)\n## /s.exec(read('README.md'))?.[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`(?:npm (?:run )?)?([\w:]+)[^`]*`/g)])
  .map(([, name = '']) => name);

it('the README has every script once, and no others', () => {
  expect([...inTable].sort()).toEqual(scripts);
});

it('CI runs each of them', () => {
  const run = new Set([...read('.ci/run').matchAll(/\bnpm (?:run )?(?:--silent )?([\w:]+)/g)].map(([, name]) => name));
  expect(scripts.filter((name) => !run.has(name))).toEqual([]);
});
