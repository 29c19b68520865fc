/** Everything that documents and comments name exists: commands, files, links. */
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/folders.ts';
import { documents, readSource, sourceFiles } from '../../support/source-files.ts';

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
