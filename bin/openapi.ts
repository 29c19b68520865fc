/** `npm run openapi [-- <file>]`: writes the API description, to standard output unless told otherwise. */
import { writeFileSync } from 'node:fs';
import { openApi } from '../lib/openapi.ts';
import { runScript } from '../lib/run-script.ts';

await runScript(() => writeFileSync(process.argv[2] ?? '/dev/stdout', `${JSON.stringify(openApi(), null, 2)}\n`));
