/** For tests that call a function's modules directly: the environment they read at import. */
import { parseSettings } from '../../lib/config.ts';

process.env.SETTINGS ??= JSON.stringify(parseSettings({ stage: 'test' }).service);
process.env.ISSUER ??= 'https://identity.example';
process.env.STAGE ??= 'test';

// Functions write their lines past the console; through it, vitest shows them beside the test, and only if it fails.
// Elsewhere the console would write to it in turn, without end.
if (process.env.VITEST) {
  process.stdout.write = (chunk: string | Uint8Array) => {
    console.info(String(chunk).trimEnd());
    return true;
  };
}
