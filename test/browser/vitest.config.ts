/** `npm run test:browser`: mails and pages in Chromium, one after the other. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { browserPartsInTests } from '../../lib/build/browser.ts';
import { serviceTests } from '../../vitest.config.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [browserPartsInTests],
  test: {
    ...serviceTests,
    include: ['test/browser/**/*.test.ts'],
    maxWorkers: 1,
    env: { SCREENSHOTS: 'on' },
  },
});
