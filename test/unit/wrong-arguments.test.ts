/** A script that is called wrongly says so in one line, begins nothing, and shows no stack trace. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';
import { messageOf } from '../../lib/operator/stage.ts';

it.each([
  [['bin/build.ts', '--bogus'], /^Unknown option '--bogus' npm run build \[-- --native\]$/],
  [['test/localstack/run.ts', '--bogus'], /^Unknown option '--bogus' npm run test:localstack/],
  [['bin/outbox.ts', 'status', '--stage', 'nosuch'], /^No stage nosuch in cdk\.json, only dev, prod$/],
])('%j', (args, said) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: repoRoot, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.trimEnd()).toMatch(said);
});

it('without credentials', () => {
  expect(messageOf(new Error('Could not load credentials from any providers'))).toMatch(/^No AWS credentials: set /);
});
