/**
 * The released contracts: files in functions/contracts/schemas, kept in git. Code may only extend them. A breach is
 * corrected in the code or, for a model that was never released, by deleting its files by hand.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from './catalogue.ts';
import { breaches } from './compatibility.ts';
import { modelSchemas, topicSchemas } from './json-schema.ts';

export const releasedFolder = fileURLToPath(new URL('../schemas', import.meta.url));

/** Every contract file as the code makes it, by its path within the folder. */
export function contractFiles(): Map<string, string> {
  return new Map([
    ...[...modelSchemas()].map(([name, schema]) => [`models/${name}.json`, print(schema)] as const),
    ...[...topicSchemas()].map(([topic, schema]) => [`topics/${topic}.json`, print(schema)] as const),
    ['README.md', `${catalogue()}\n`],
  ]);
}

/** The breaches of the schemas released in a folder, one line each. */
export function breachesOfReleased(folder = releasedFolder): string[] {
  const current = contractFiles();
  return globSync('*/*.json', { cwd: folder })
    .sort()
    .flatMap((path) => {
      const name = basename(path, '.json');
      const now = current.get(path);
      if (!now) return [`${name}: the schema was removed`];
      return breaches(name, JSON.parse(readFileSync(join(folder, path), 'utf8')), JSON.parse(now));
    });
}

/** Two spaces, and short lists on one line, as the formatter would write it. */
function print(schema: object): string {
  const spread = JSON.stringify(schema, null, 2);
  return `${spread.replaceAll(/^(.*)\[\n\s+([^[\]{}]+?)\n\s+\](,?)$/gm, (whole, before, items, comma) => {
    const line = `${before}[${items.replaceAll(/\n\s+/g, ' ')}]${comma}`;
    return line.length <= 120 ? line : whole;
  })}\n`;
}
