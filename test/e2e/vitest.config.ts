import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/*.test.ts'],
    // One after another: they share the service's limits for this machine's address.
    fileParallelism: false,
    // The first relay of a new stack runs within its first four minutes, and a paused Aurora needs time to resume.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['verbose'],
  },
});
