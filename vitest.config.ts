import { defineConfig } from 'vitest/config';

const globalSetup = ['test/support/global-setup.ts'];

/** What tests of the service need. */
const inService = {
  setupFiles: ['test/support/function-environment.ts'],
  // For what hangs. A machine with ten times the work takes ten times as long, and that is no fault.
  testTimeout: 120_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

/** The same for those with a script of their own. */
export const serviceTests = { ...inService, globalSetup };

export default defineConfig({
  test: {
    // Two cores: more workers would only make each test slower and its timing less even.
    maxWorkers: 2,
    // Once for all projects.
    globalSetup,
    // A function's lines are shown where its test fails.
    silent: 'passed-only',
    projects: [
      { test: { ...inService, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      // Not isolated, so that a worker's files share the services they use (test/support/shared-service.ts).
      {
        test: {
          ...inService,
          name: 'service',
          include: ['test/{store,service,browser}/**/*.test.ts'],
          isolate: false,
        },
      },
      // They share nothing that a test could leave behind, and the CDK takes seconds to load: once a worker, not a file.
      { test: { name: 'stack', include: ['test/stack/**/*.test.ts'], testTimeout: 120_000, isolate: false } },
    ],
  },
});
