/**
 * A UUIDv7 of the package never falls: a function that was in the future would make ids above those of all others for as
 * long as it is warm. So in the bundles that tests share, ids begin anew where a test moved its clock back. Then functions
 * stay warm from file to file.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const RISES = 'if (now > state.msecs)';
/** More than ids run ahead of the clock by themselves, milliseconds. */
const MARGIN = 1000;

export const idsByTheClock: Plugin = {
  name: 'ids-by-the-clock',
  setup({ onLoad }) {
    onLoad({ filter: /\/uuid\/dist[^/]*\/v7\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes(RISES)) throw new Error(`${path} does not have the form that the tests expect`);
      return { contents: source.replace(RISES, `if (now > state.msecs || now < state.msecs - ${MARGIN})`) };
    });
  },
};
