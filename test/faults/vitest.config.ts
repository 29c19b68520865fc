/** `npm run test:faults`: the long forms, minutes each. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { serviceTests } from '../../vitest.config.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...serviceTests,
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 1_800_000,
  },
});
