import { defineConfig } from 'vitest/config';

const tests = {
  setupFiles: ['test/support/function-environment.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // Two cores: more workers would only make each test slower and its timing less even.
    maxWorkers: 2,
    // A function's lines are shown where its test fails.
    silent: 'passed-only',
    projects: [
      {
        test: {
          ...tests,
          name: 'service',
          include: ['test/{unit,store,service}/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      // They share nothing that a test could leave behind, and the CDK takes seconds to load: once a worker, not a file.
      { test: { ...tests, name: 'stack', include: ['test/stack/**/*.test.ts'], isolate: false } },
    ],
  },
});
