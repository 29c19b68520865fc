/** This repository's TypeScript files and their imports, for the tests of its structure. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { repoRoot } from '../../lib/build/folders.ts';

export interface Import {
  readonly from: string;
  /** The path of a file of this repository, or a package's name with its subpath. */
  readonly to: string;
  /** `import type`: it does not exist at run time. */
  readonly isType: boolean;
}

/** Sorted, relative to the repository's root. */
export const sourceFiles = globSync(['{bin,lib,functions,test}/**/*.ts', '*.ts'], { cwd: repoRoot }).sort();

/** The pages of this repository, without the record of its past, whose files may no longer exist. */
export const documents = globSync(['*.md', '{bin,lib,functions,migrations,test}/**/*.md'], { cwd: repoRoot })
  .filter((file) => file !== 'CHANGELOG.md')
  .sort();

export const readSource = (file: string): string => readFileSync(join(repoRoot, file), 'utf8');

/** Declarations, `export … from`, and `import('…')` as a call or a type. A specifier in a template does not count. */
const STATEMENT =
  /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

export function importsOf(file: string): Import[] {
  return [...readSource(file).matchAll(STATEMENT)].map(([, type, named, bare, called]) => {
    const specifier = named ?? bare ?? called ?? '';
    return {
      from: file,
      to: specifier.startsWith('.') ? join(dirname(file), specifier) : specifier,
      isType: type !== undefined,
    };
  });
}

const all = new Map(sourceFiles.map((file) => [file, importsOf(file)]));

/** The imports between files of this repository. */
export const ownImports = [...all.values()].flat().filter(({ to }) => all.has(to));

/** Everything that a file depends on: its imports, their imports, and so on. */
export function reachedFrom(file: string): Import[] {
  const seen = new Set<string>();
  const visit = (one: string): Import[] => {
    if (seen.has(one)) return [];
    seen.add(one);
    const imports = all.get(one) ?? [];
    return [...imports, ...imports.flatMap(({ to }) => visit(to))];
  };
  return visit(file);
}
