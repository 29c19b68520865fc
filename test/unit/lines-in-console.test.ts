import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** If vitest does not intercept the console, as in `test:fuzz` and `test:timing`, which show their figures. */
it("shows a function's lines and the console's own if the console is not intercepted", () => {
  const module = join(import.meta.dirname, '../support/lines-in-console.ts');
  const script = `
    await import(${JSON.stringify(module)});
    process.stdout.write('of a function\\n');
    console.log('of the console');`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env.PATH, VITEST: 'true' },
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'of a function\nof the console\n', stderr: '' });
});
