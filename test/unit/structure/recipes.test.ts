/** What pages show of an example is what the example says. */
import { expect, it } from 'vitest';
import { readSource } from '../../support/source-files.ts';

const PAGE = 'test/examples/clients/README.md';
const page = readSource(PAGE);
const files = [...new Set([...page.matchAll(/`((?:lib|test)\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file))];
const shown = [...page.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('every recipe shows lines of a file that it names', () => {
  expect(shown.length).toBeGreaterThanOrEqual(6);
  const sources = files.map(readSource);
  expect(shown.filter((code) => !sources.some((source) => source.includes(code)))).toEqual([]);
});
