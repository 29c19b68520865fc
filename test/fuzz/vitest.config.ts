/** `npm run test:fuzz`: the long forms, minutes each. */
import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const { include: _, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    test: {
      include: ['test/fuzz/**/*.test.ts'],
      // The figures are what it is run for: no reporter is to keep them.
      disableConsoleIntercept: true,
      reporters: ['default'],
    },
  },
);
