/**
 * `npm run contracts [-- <folder>]`: writes the events' JSON Schemas and their catalogue.
 *
 * Into functions/contracts/schemas unless told otherwise: those are the released ones, and a change that breaks one is
 * refused there, with nothing written.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { breachesOfReleased, contractFiles, releasedFolder } from '../functions/contracts/events/released.ts';

const folder = resolve(process.argv[2] ?? releasedFolder);
const faults = breachesOfReleased(folder);
if (faults.length > 0) {
  console.error(`A released schema may gain optional fields, nothing else:\n${faults.map((f) => `  ${f}`).join('\n')}`);
  process.exit(1);
}
const files = contractFiles();
for (const [path, content] of files) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
console.log(`${files.size} files in ${folder}`);
