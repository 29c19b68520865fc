/** The functions as they were built with this package: a synth builds nothing, so it needs neither esbuild nor a network. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleRoot, nativeBundleRoot } from '../build/folders.ts';
import type { ServiceSettings } from '../service/config.ts';
import type { CodeOf } from './functions.ts';

/** @param folder where each function is, in a folder of its name; the package's own by default */
export function bundlesOf({ passwordHasher }: ServiceSettings, folder?: string): CodeOf {
  const [root, command] =
    passwordHasher === 'native'
      ? [folder ?? nativeBundleRoot, 'npm run build -- --native']
      : [folder ?? bundleRoot, 'npm run build'];
  return ({ name }) => Code.fromAsset(built(join(root, name), command));
}

/** @throws Error naming the file that is not there, and the command that makes it */
export function built(folder: string, command: string): string {
  const file = join(folder, 'index.mjs');
  if (!existsSync(file))
    throw new Error(`${file} is not there: ${command} makes it, in the folder of @huleedu/identity`);
  return folder;
}
