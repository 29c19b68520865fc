/** `npm run test:timing`: a measurement, so no part of `npm test`; give it the machine for itself. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { serviceTests } from '../../vitest.config.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...serviceTests,
    include: ['test/timing/**/*.test.ts'],
    // The figures are what it is run for: no reporter is to keep them.
    disableConsoleIntercept: true,
    reporters: ['default'],
  },
});
