import { defineConfig } from 'vitest/config';

/** What tests of the service need, also those with a script of their own. */
export const serviceTests = {
  setupFiles: ['test/support/function-environment.ts'],
  globalSetup: ['test/support/global-setup.ts'],
  // For what hangs. A machine with ten times the work takes ten times as long, and that is no fault.
  testTimeout: 120_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

export default defineConfig({
  test: {
    // Two cores: more workers would only make each test slower and its timing less even.
    maxWorkers: 2,
    // A function's lines are shown where its test fails.
    silent: 'passed-only',
    projects: [
      { test: { ...serviceTests, name: 'service', include: ['test/{unit,store,service,browser}/**/*.test.ts'] } },
      // They share nothing that a test could leave behind, and the CDK takes seconds to load: once a worker, not a file.
      { test: { name: 'stack', include: ['test/stack/**/*.test.ts'], testTimeout: 120_000, isolate: false } },
    ],
  },
});
