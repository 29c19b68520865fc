/** What other services import stands on nothing of this one: an entry each, and no more dependencies than are named here. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/bundle.ts';
import { ownImports, reachedFrom } from '../../support/source-files.ts';

/** By folder: what its entry may reach outside it, types included. */
const mayReach: Readonly<Record<string, readonly string[]>> = {
  inbox: [],
  'token-authorizer': [
    // Types alone: there is no such package when it runs.
    'aws-lambda',
    'functions/packages/verify/index.ts',
    'jose',
  ],
  verify: ['jose'],
};

it('every package is named here', () => {
  expect(readdirSync(join(repoRoot, 'functions/packages')).sort()).toEqual(Object.keys(mayReach));
});

it.each(Object.keys(mayReach))('%s reaches nothing but what it is allowed', (name) => {
  const folder = `functions/packages/${name}`;
  const outside = reachedFrom(`${folder}/index.ts`)
    // What another package reaches is its own affair, and named there.
    .filter(({ from, to }) => !to.startsWith(`${folder}/`) && (from.startsWith(folder) || !isOfPackage(to)))
    .map(({ to }) => to);
  expect([...new Set(outside)].sort()).toEqual(mayReach[name]);
});

/** One name for what a role may be called, without jose for those who need no more. */
const besideTheEntry = ['functions/packages/verify/role-name.ts'];

it('whoever is outside a package comes in by its entry', () => {
  const around = ownImports
    .filter(({ from, to }) => isOfPackage(to) && !isOfPackage(from) && !from.startsWith('test/'))
    .filter(({ to }) => !/^functions\/packages\/[^/]+\/index\.ts$/.test(to) && !besideTheEntry.includes(to))
    .map(({ from, to }) => `${from} → ${to}`);
  expect(around).toEqual([]);
});

const isOfPackage = (file: string) => file.startsWith('functions/packages/');
