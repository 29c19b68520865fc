/** `npm run test:unit`: the tests that need no server, no bundles and no database, in seconds. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { browserPartsInTests } from '../../lib/build/browser.ts';
import { unitTests } from '../../vitest.config.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [browserPartsInTests],
  test: { ...unitTests, maxWorkers: 2 },
});
