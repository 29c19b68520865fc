import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,store,service,stack}/**/*.test.ts'],
    setupFiles: ['test/support/function-environment.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Two cores: more workers would only make each test slower and its timing less even.
    maxWorkers: 2,
    silent: 'passed-only',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
