/** For tests that call a function's modules directly: the environment they read at import. */
import { parseSettings } from '../../lib/service/config.ts';

process.env.SETTINGS ??= JSON.stringify(parseSettings({ stage: 'test' }).service);
process.env.ISSUER ??= 'https://identity.example';
process.env.STAGE ??= 'test';

// Functions write their lines past the console; through it, vitest shows them beside the test, and only if it fails.
if (process.env.VITEST) {
  const write = process.stdout.write.bind(process.stdout);
  let inConsole = false;
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    // A console that vitest leaves alone writes here in turn.
    if (inConsole) return write(chunk, ...(rest as []));
    inConsole = true;
    try {
      console.info(String(chunk).trimEnd());
    } finally {
      inConsole = false;
    }
    return true;
  };
}
