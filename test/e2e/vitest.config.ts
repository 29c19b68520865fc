import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/*.test.ts'],
    // One after another: they share the limits that the service has for this machine's address.
    fileParallelism: false,
    // The first relay of a new stack comes within its first minute, and a paused Aurora takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
