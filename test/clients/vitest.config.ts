/** `npm run test:clients`: stock clients in Python and Go, against a service of their own. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { serviceTests } from '../../vitest.config.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...serviceTests,
    include: ['test/clients/**/*.test.ts'],
    // Installing and compiling what the apps are made of, which takes minutes the first time.
    hookTimeout: 900_000,
    maxWorkers: 1,
  },
});
