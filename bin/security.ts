/** `npm run security`: writes into SECURITY.md which tests prove each requirement; the tests' names say it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../lib/build/folders.ts';
import { runScript } from '../lib/command/run-script.ts';
import { proofsIn, requirementsIn, withProofs } from '../lib/documents/security.ts';

await runScript(() => {
  const page = join(repoRoot, 'SECURITY.md');
  const files = globSync('test/**/*.test.ts', { cwd: repoRoot }).sort();
  const proofs = files.flatMap((file) => proofsIn(file, readFileSync(join(repoRoot, file), 'utf8')));
  const written = withProofs(readFileSync(page, 'utf8'), proofs);
  writeFileSync(page, written);
  console.log(`${proofs.length} proofs of ${requirementsIn(written).length} requirements in ${page}`);
});
