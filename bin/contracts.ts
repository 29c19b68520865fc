/**
 * `npm run contracts [-- <folder>]`: writes the events' JSON Schemas and their catalogue.
 *
 * Without a folder it writes the released schemas in functions/contracts/schemas, and the types that consumers import.
 * It refuses a change that breaks a released schema, and then writes nothing.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { declarations, declarationsFile } from '../functions/contracts/events/declarations.ts';
import { breachesOfReleased, contractFiles, releasedFolder } from '../functions/contracts/events/released.ts';
import { makeDirectory } from '../lib/command/make-directory.ts';
import { runScript } from '../lib/command/run-script.ts';

const folder = resolve(process.argv[2] ?? releasedFolder);

await runScript(() => {
  const faults = breachesOfReleased(folder);
  if (faults.length > 0) {
    console.error(`A released schema may only gain optional fields:\n${faults.map((f) => `  ${f}`).join('\n')}`);
    process.exitCode = 1;
    return;
  }
  if (folder === releasedFolder) writeFileSync(declarationsFile, declarations());
  const files = contractFiles();
  for (const [path, content] of files) {
    const file = join(folder, path);
    makeDirectory(dirname(file));
    writeFileSync(file, content);
  }
  console.log(`${files.size} files in ${folder}`);
});
