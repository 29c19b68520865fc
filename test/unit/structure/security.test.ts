/** SECURITY.md names the tests that prove each requirement, and claims no requirement that no test proves. */
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/folders.ts';
import { proofsIn, requirementsIn, withProofs } from '../../../lib/documents/security.ts';
import { readSource } from '../../support/source-files.ts';

const page = readSource('SECURITY.md');
const requirements = requirementsIn(page);
const names = requirements.map(({ name }) => name);
const proofs = globSync('test/**/*.test.ts', { cwd: repoRoot })
  .sort()
  .flatMap((file) => proofsIn(file, readSource(file)));
const proved = new Set(proofs.flatMap((proof) => proof.requirements));

it('has each line once, in order', () => {
  expect(names).toEqual(names.map((_, index) => `S${index + 1}`));
});

it('names the proofs as the tests do; npm run security writes them', () => {
  expect(page).toBe(withProofs(page, proofs));
});

it('marks exactly the requirements that no test proves as not yet held', () => {
  const unproved = names.filter((name) => !proved.has(name));
  expect(requirements.filter(({ held }) => held === 'not yet').map(({ name }) => name)).toEqual(unproved);
});

it('has every line to which a test, a comment or a document refers', () => {
  const files = globSync('{.,bin,lib,functions,migrations,test}/**/*.{ts,sql,md}', {
    cwd: repoRoot,
    exclude: (file) => /(^|\/)(node_modules|\.\w+|cdk\.out)$/.test(file),
  });
  const unknown = files.flatMap((file) =>
    [...readSource(file).matchAll(/(?<![\w-])S\d{1,2}(?![\w-])/g)].flatMap(([name]) =>
      names.includes(name) ? [] : `${file}: ${name}`,
    ),
  );
  expect(unknown).toEqual([]);
});

it('finds the proofs in the names of tests, whatever quotes they have', () => {
  // Put together here, or this file would itself prove them.
  const [one, two, three] = [1, 2, 3].map((number) => `S${number}`);
  const named = `it('${one}: a', f); describe.each(rows)(\`${two}, ${three}: b %s | c\`, f);`;
  expect(proofsIn('x.test.ts', `${named} const none = '${one} is not named so';`)).toEqual([
    { requirements: [one], file: 'x.test.ts', title: 'a' },
    { requirements: [two, three], file: 'x.test.ts', title: 'b … \\| c' },
  ]);
});
