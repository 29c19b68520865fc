/** `npm run test:fuzz`: the long forms, minutes each; what they print is the figures. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    setupFiles: ['test/support/function-environment.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
