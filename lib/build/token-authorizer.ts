/** Bundles the function of TokenAuthorizer (lib/aws/token-authorizer.ts), 24 KiB, which other teams put into their stacks. */
import { renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { makeDirectory } from '../command/make-directory.ts';
import { repoRoot, tokenAuthorizerRoot } from './folders.ts';

export async function bundleTokenAuthorizer(): Promise<void> {
  // Beside its place, and then moved there: another run may be reading it.
  const made = makeDirectory(join(tokenAuthorizerRoot, '..', `token-authorizer-${process.pid}`));
  await build({
    entryPoints: [join(repoRoot, 'functions', 'packages', 'token-authorizer', 'index.ts')],
    outfile: join(made, 'index.mjs'),
    absWorkingDir: repoRoot,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
  });
  renameSync(join(made, 'index.mjs'), join(makeDirectory(tokenAuthorizerRoot), 'index.mjs'));
  rmdirSync(made);
}
