/** `npm run test:timing`: a measurement, so no part of `npm test`; give it the machine for itself. */
import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const { include: _, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    test: {
      include: ['test/timing/**/*.test.ts'],
      // The figures are what it is run for: no reporter is to keep them.
      disableConsoleIntercept: true,
      reporters: ['default'],
    },
  },
);
