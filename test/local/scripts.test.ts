/** The repository's scripts as processes of their own: what they print when they are called wrongly. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secretNames } from '../../lib/service/capability.ts';
import { runScript } from '../support/script.ts';
import { documents, readSource } from '../support/source-files.ts';

it('every argument that a document gives to a script is one that the script names', async () => {
  const { scripts } = JSON.parse(readSource('package.json')) as { scripts: Readonly<Record<string, string>> };
  const names = ['keys', 'outbox', 'doctor', 'users', 'clients', 'audit', 'test:e2e', 'bench', 'start'];
  const usages = new Map(await Promise.all(names.map(async (name) => [name, await usageOf(scripts[name])] as const)));
  const called = /\bnpm (?:run )?([a-z][\w:]*) -- ([^`#\n]+)/g;
  const unknown = documents.flatMap((file) =>
    [...readSource(file).matchAll(called)].flatMap(([, name = '', given = '']) => {
      const usage = usages.get(name);
      return argumentsIn(given)
        .filter((argument) => usage !== undefined && !usage.has(argument))
        .map((argument) => `${file}: npm run ${name} -- ${argument}`);
    }),
  );
  expect(unknown).toEqual([]);
});

/** Words and options in lower case, also the alternatives of a table; capitals are placeholders. */
const argumentsIn = (text: string): string[] =>
  (text.match(/(?<![\w.<-])(?:--)?[a-z][a-z-]*(?![\w.-])/g) ?? []).filter(
    (word) => !secretNames.some((name) => name === word),
  );

/** A script's usage text, which it prints when it is called wrongly. `test:e2e` takes options only. */
async function usageOf(script = ''): Promise<Set<string>> {
  const [, file = ''] = /^node (\S+)$/.exec(script) ?? [];
  const { error } = await runScript(file, file === 'test/e2e/run.ts' ? [] : ['nothing']);
  return new Set(argumentsIn(error));
}

/** Where Node's own recursive mkdir never returns. */
describe.runIf(existsSync('/proc'))('a script whose folder cannot be made', () => {
  const nowhere = '/proc/nope';

  it.each([
    ['bin/mails.ts', [nowhere], {}],
    ['bin/contracts.ts', [nowhere], {}],
    ['bin/openapi.ts', [`${nowhere}/openapi.json`], {}],
    ['bin/cost.ts', ['measure'], { TMPDIR: nowhere }],
    ['test/bench/run.ts', ['hashers', '--out', nowhere], {}],
  ])('%s ends with one line and code 1', async (script, args, variables) => {
    const { code, error } = await runScript(script, args, variables);
    expect(error).toMatch(/^[^\n]*\/proc\/nope[^\n]*\n$/);
    expect(code).toBe(1);
  });
});
