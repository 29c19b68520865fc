/** `npm run openapi [-- <file>]`: writes the API description to the file, or to standard output. */
import { writeFileSync } from 'node:fs';
import { runScript } from '../lib/command/run-script.ts';
import { openApi } from '../lib/openapi/description.ts';

await runScript(() => writeFileSync(process.argv[2] ?? '/dev/stdout', `${JSON.stringify(openApi(), null, 2)}\n`));
