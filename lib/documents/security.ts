/** SECURITY.md: its requirements, and the tests whose names say that they prove them. */

/** A test or a group of tests whose name begins with what it proves: `S14: …`, `S56, S67: …`. */
export interface Proof {
  readonly requirements: readonly string[];
  /** Relative to the repository's root. */
  readonly file: string;
  readonly title: string;
}

export interface Requirement {
  /** `S14` */
  readonly name: string;
  readonly held: 'yes' | 'in part' | 'not yet';
}

const BEGIN = '<!-- written by npm run security -->';
const END = '<!-- end -->';

export function requirementsIn(page: string): Requirement[] {
  const text = page.slice(0, page.indexOf(BEGIN));
  return text
    .split(/^- \*\*(?=S\d+\*\*)/m)
    .slice(1)
    .map((entry) => ({
      name: /^S\d+/.exec(entry)?.[0] ?? '',
      held: entry.includes('*Not yet held.*') ? 'not yet' : entry.includes('*In part:') ? 'in part' : 'yes',
    }));
}

/** @param code of a test file */
export function proofsIn(file: string, code: string): Proof[] {
  return [...code.matchAll(/(['"`])((?:S\d+, )*S\d+): ((?:(?!\1)[^\\\n]|\\.)+)\1/g)].map(
    ([, , names = '', title = '']) => ({ requirements: names.split(', '), file, title: plain(title) }),
  );
}

/** An ellipsis replaces what a table or a template fills in; a bar is escaped, because it would end the cell. */
const plain = (title: string): string =>
  title
    .replaceAll(/%[sdijo#]|\$\{[^}]*\}|\$\w+/g, '…')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll('|', '\\|');

/** The page, with a table of proofs that matches the tests. */
export function withProofs(page: string, proofs: readonly Proof[]): string {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  return `${page.slice(0, begin)}\n\n${table(requirementsIn(page), proofs)}\n\n${page.slice(page.indexOf(END))}`;
}

function table(requirements: readonly Requirement[], proofs: readonly Proof[]): string {
  const rows = requirements.map(({ name }) => {
    const files = Map.groupBy(
      proofs.filter((proof) => proof.requirements.includes(name)),
      ({ file }) => file,
    );
    const cell = [...files].map(([file, own]) => {
      const titles = [...new Set(own.map(({ title }) => title))];
      return `[${file.replace(/^test\/|\.test\.ts$/g, '')}](${file}): ${titles.join('; ')}`;
    });
    return `| ${name} | ${cell.join('<br>') || 'not yet'} |`;
  });
  return ['| line | tests, by file |', '|---|---|', ...rows].join('\n');
}
