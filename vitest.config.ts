import { defineConfig } from 'vitest/config';
import { browserPartsInTests } from './lib/build/browser.ts';

/** What tests of the functions need. */
const inService = {
  setupFiles: ['test/support/lines-in-console.ts'],
  // For what hangs. A machine with ten times the work takes ten times as long, and that is no fault.
  testTimeout: 120_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

/** Each thread collects its garbage itself: helpers on both cores, for heaps that are small, take a tenth of all time. */
const ownGarbage = { execArgv: ['--single-threaded-gc'] };
/** And seldom, where functions live as long as their worker. */
const ownGarbageSeldom = { execArgv: [...ownGarbage.execArgv, '--max-semi-space-size=16'] };

const globalSetup = ['test/support/global-setup.ts'];

/** The same for those with a script of their own. */
export const serviceTests = { ...inService, globalSetup };

/** They leave nothing behind: variables and globals are stubbed and put back. So a worker loads what they share once. */
export const unitTests = {
  ...inService,
  ...ownGarbageSeldom,
  name: 'unit',
  include: ['test/unit/**/*.test.ts'],
  isolate: false,
};

export default defineConfig({
  test: {
    // Two cores: more workers would only make each test slower and its timing less even.
    maxWorkers: 2,
    // Bundles and a PostgreSQL, once for all projects.
    globalSetup,
    // A function's lines are shown where its test fails.
    silent: 'passed-only',
    projects: [
      { plugins: [browserPartsInTests], test: unitTests },
      {
        test: {
          ...inService,
          ...ownGarbageSeldom,
          name: 'local',
          include: ['test/{local,bundles}/**/*.test.ts'],
          // As in unit tests: what is stubbed is put back, and what is started is stopped.
          isolate: false,
        },
      },
      {
        // Of the pages that are tried without a service.
        plugins: [browserPartsInTests],
        test: {
          ...inService,
          ...ownGarbageSeldom,
          name: 'service',
          include: ['test/{store,service,browser}/**/*.test.ts'],
          // So that a worker's files share the services that they use (test/support/shared-service.ts).
          isolate: false,
        },
      },
      {
        test: {
          ...ownGarbageSeldom,
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          testTimeout: 120_000,
          // They share nothing that a test could leave behind, and the CDK takes seconds to load: once a worker, not a file.
          isolate: false,
          // Two thirds of a synthesis would be CDK's own check of templates, of which it only warns in tests: `npm run
          // synth` fails by it.
          env: { CDK_VALIDATION: 'false' },
        },
      },
    ],
  },
});
