/** Everything that documents and comments name exists: commands, their arguments, files, links. */
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/bundle.ts';
import { secretNames } from '../../../lib/service/capability.ts';
import { readSource, sourceFiles } from '../../support/source-files.ts';

const documents = globSync(['*.md', '{bin,lib,functions,migrations,test}/**/*.md'], { cwd: repoRoot })
  // A record of the past, whose files may no longer exist.
  .filter((file) => file !== 'CHANGELOG.md')
  .sort();
const migrations = globSync('migrations/*.sql', { cwd: repoRoot }).sort();

/** In the order of the file, each without the marks before the text of a comment. */
function commentsOf(file: string): string {
  const mark = file.endsWith('.sql') ? /^\s*-- ?(.*)/ : /^\s*(?:\/\*\*?|\*(?!\/)|\/\/)(.*)/;
  return readSource(file)
    .split('\n')
    .flatMap((line) => mark.exec(line)?.[1] ?? [])
    .join('\n');
}

const texts = new Map([
  ...documents.map((file) => [file, readSource(file)] as const),
  ...[...sourceFiles, ...migrations].map((file) => [file, commentsOf(file)] as const),
]);

const inTexts = (found: (text: string, file: string) => readonly string[]) =>
  [...texts].flatMap(([file, text]) => [...new Set(found(text, file))].map((fault) => `${file}: ${fault}`));

const { scripts } = JSON.parse(readSource('package.json')) as { scripts: Readonly<Record<string, string>> };

it('every npm script that is named exists', () => {
  const named = /\bnpm (?:run (?:--silent |-s )?([a-z][\w:]*)|(start|test)\b)/g;
  const missing = inTexts((text) =>
    [...text.matchAll(named)].flatMap(([, run, short]) => ((run ?? short ?? '') in scripts ? [] : `npm run ${run}`)),
  );
  expect(missing).toEqual([]);
});

it('every argument that a document gives to a script is one that the script names', async () => {
  const names = ['keys', 'outbox', 'users', 'audit', 'test:e2e', 'bench', 'start'];
  const usages = new Map(await Promise.all(names.map(async (name) => [name, await usageOf(name)] as const)));
  const called = /\bnpm (?:run )?([a-z][\w:]*) -- ([^`#\n]+)/g;
  const unknown = documents.flatMap((file) =>
    [...readSource(file).matchAll(called)].flatMap(([, name = '', given = '']) => {
      const usage = usages.get(name);
      return argumentsIn(given)
        .filter((argument) => usage !== undefined && !usage.has(argument))
        .map((argument) => `${file}: npm run ${name} -- ${argument}`);
    }),
  );
  expect(unknown).toEqual([]);
});

/** Words and options in lower case, also the alternatives of a table; capitals are placeholders. */
const argumentsIn = (text: string): string[] =>
  (text.match(/(?<![\w.<-])(?:--)?[a-z][a-z-]*(?![\w.-])/g) ?? []).filter(
    (word) => !secretNames.some((name) => name === word),
  );

/** A script's usage text, which it prints when it is called wrongly. */
async function usageOf(name: string): Promise<Set<string>> {
  const [, file = ''] = /^node (\S+)$/.exec(scripts[name] ?? '') ?? [];
  const args = name === 'test:e2e' ? [file] : [file, 'nothing'];
  const said = await promisify(execFile)(process.execPath, args, { cwd: repoRoot }).then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );
  return new Set(argumentsIn(said));
}

it('every file that is named exists', () => {
  const missing = inTexts((text, file) => pathsIn(text).filter((path) => !isThere(path, file)));
  expect(missing).toEqual([]);
});

it('every link within the repository leads to something', () => {
  const dead = documents.flatMap((file) =>
    [...readSource(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? file : join(dirname(file), path);
      if (!existsSync(join(repoRoot, linked))) return [`${file}: ${target}`];
      return anchor === undefined || anchorsOf(linked).includes(anchor) ? [] : [`${file}: ${target}`];
    }),
  );
  expect(dead).toEqual([]);
});

/** The anchors that GitHub makes of headings. */
const anchorsOf = (file: string): string[] =>
  [...readSource(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Paths below one of our folders, or names that end as ours do. Links of documents are checked above. */
function pathsIn(text: string): string[] {
  const plain = text.replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/https?:\/\/\S+/g, '');
  const ours =
    /(?<![\w@./:{}$<-])(?:(?:bin|lib|functions|migrations|test)\/[\w.*-]+(?:\/[\w.*{},-]+)*|(?:[\w-]+\/)*[\w-]+\.(?:ts|sql|md))(?![\w/])/g;
  return (plain.match(ours) ?? []).map((path) => path.replace(/[.,-]+$/, ''));
}

/** From the root, from the folder of the naming file, or from functions. `migrations/0009` is a file by its number. */
function isThere(path: string, by: string): boolean {
  const pattern = /^migrations\/\d{4}$/.test(path) ? `${path}_*` : path;
  return ['.', dirname(by), 'functions'].some((base) => globSync(join(base, pattern), { cwd: repoRoot }).length > 0);
}
