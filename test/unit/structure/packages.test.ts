/** What other services import depends on nothing of this one: it has one entry and only the dependencies named here. */
import { readdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/folders.ts';
import { ownImports, reachedFrom, readSource, sourceFiles } from '../../support/source-files.ts';

/** By folder: what its entry may reach outside of it, types included. */
const mayReach: Readonly<Record<string, readonly string[]>> = {
  events: [],
  inbox: [],
  'token-authorizer': [
    // Only types: the package does not exist at run time.
    'aws-lambda',
    'functions/packages/verify/index.ts',
    'jose',
  ],
  verify: ['jose'],
};

it('every package is named here', () => {
  expect(readdirSync(join(repoRoot, 'functions/packages')).sort()).toEqual(Object.keys(mayReach));
});

it.each(Object.keys(mayReach))('%s reaches only what it may', (name) => {
  const folder = `functions/packages/${name}`;
  const outside = reachedFrom(`${folder}/index.ts`)
    // What another package reaches is named there.
    .filter(({ from, to }) => !to.startsWith(`${folder}/`) && (from.startsWith(folder) || !isOfPackage(to)))
    .map(({ to }) => to);
  expect([...new Set(outside)].sort()).toEqual(mayReach[name]);
});

it('events has only types: nothing of it exists when a consumer runs', () => {
  for (const file of sourceFiles.filter((one) => one.startsWith('functions/packages/events/'))) {
    const code = stripTypeScriptTypes(readSource(file)).replaceAll(/\/\*[\s\S]*?\*\//g, '');
    expect(code.trim(), file).toBe('');
  }
});

it('each package that needs no CDK is an entry of package.json, by its name', () => {
  const { exports } = JSON.parse(readSource('package.json'));
  // The authorizer's entry is its construct, for which functions/packages/token-authorizer is built.
  const { './cdk': cdk, './token-authorizer': construct, './event-rules': rules, ...entries } = exports;
  expect([cdk, construct, rules]).toEqual([
    './lib/aws/cdk.ts',
    './lib/aws/token-authorizer.ts',
    './lib/aws/event-rules.ts',
  ]);
  expect(entries).toEqual(
    Object.fromEntries(
      Object.keys(mayReach)
        .filter((name) => name !== 'token-authorizer')
        .map((name) => [`./${name}`, `./functions/packages/${name}/index.ts`]),
    ),
  );
});

/** The rule for role names, without jose for code that needs nothing else. */
const besideTheEntry = ['functions/packages/verify/role-name.ts'];

it('code outside a package imports it through its entry', () => {
  const around = ownImports
    .filter(({ from, to }) => isOfPackage(to) && !isOfPackage(from) && !from.startsWith('test/'))
    .filter(({ to }) => !/^functions\/packages\/[^/]+\/index\.ts$/.test(to) && !besideTheEntry.includes(to))
    .map(({ from, to }) => `${from} → ${to}`);
  expect(around).toEqual([]);
});

const isOfPackage = (file: string) => file.startsWith('functions/packages/');
