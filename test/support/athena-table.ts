/** The README's table for Athena: which columns it has, and whether an exported line fits them. */
import { readFileSync } from 'node:fs';

type Column = string | Readonly<Record<string, string>>;

/** The type of each column; of the fields of a struct. */
export function athenaColumns(): Record<string, Column> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, body = ''] = /create external table identity_audit \(\n(.*?)\n\)\npartitioned by/s.exec(readme) ?? [];
  const columns = [...body.matchAll(/^ {2}(\w+) (\w+)(?:<(.*?)^ {2}>)?,?$/gms)];
  return Object.fromEntries(
    columns.map(([, name = '', type = '', fields]) => [
      name,
      fields === undefined
        ? type
        : Object.fromEntries([...fields.matchAll(/(\w+): (\w+(?:<\w+>)?)/g)].map(([, field, of]) => [field, of])),
    ]),
  );
}

/** What of a line Athena would not read as it is: `detail.replays`. */
export function misfits(line: object, columns: Readonly<Record<string, Column>> = athenaColumns()): string[] {
  return Object.entries(line).flatMap(([name, value]) => {
    const column = columns[name];
    if (value === null) return [];
    if (column && typeof column === 'object') return misfits(value, column).map((field) => `${name}.${field}`);
    return column && fits[column]?.(value) ? [] : [name];
  });
}

const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  bigint: Number.isSafeInteger,
  'array<string>': (value) => Array.isArray(value) && value.every(fits.string ?? (() => false)),
};
