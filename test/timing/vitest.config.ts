/** `npm run test:timing`: a measurement, so no part of `npm test`; give it the machine for itself. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/timing/**/*.test.ts'],
    setupFiles: ['test/support/function-environment.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
