/** The CDK CLI on the real app (bin/identity.ts), with a cdk.json of its own: the repo's, and one stage more. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repoRoot } from '../../lib/build/folders.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import type { StageSettingsInput } from '../../lib/service/config.ts';
import { run } from './program.ts';

export interface CdkOptions {
  readonly work: string;
  readonly settings: StageSettingsInput;
}

export interface DeployOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Further arguments of `cdk deploy`. */
  readonly args?: readonly string[];
}

export interface Cdk {
  bootstrap(): Promise<void>;
  /** @returns the root stack's outputs */
  deploy(options?: DeployOptions): Promise<Readonly<Record<string, string>>>;
  destroy(): Promise<void>;
}

export async function cdkWith({ work, settings: { stage, ...settings } }: CdkOptions): Promise<Cdk> {
  const cwd = join(work, 'cdk');
  makeDirectory(cwd);
  const { context } = JSON.parse(await readFile(join(repoRoot, 'cdk.json'), 'utf8'));
  await writeFile(
    join(cwd, 'cdk.json'),
    JSON.stringify({
      app: `node ${JSON.stringify(join(repoRoot, 'bin', 'identity.ts'))}`,
      context: { ...context, stage, stages: { [stage]: settings } },
    }),
  );
  const stack = `identity-${stage}`;
  const outputs = join(cwd, 'outputs.json');
  const cdk = (args: readonly string[], more: NodeJS.ProcessEnv = {}, directory = cwd) =>
    run(join(repoRoot, 'node_modules', '.bin', 'cdk'), [...args, '--no-notices', '--ci'], {
      cwd: directory,
      env: { ...process.env, ...more },
    });
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return {
    async bootstrap() {
      // Where no cdk.json is: it need not synthesize the app.
      await cdk(['bootstrap', `aws://${account}/${region}`], {}, work);
    },
    async deploy({ env, args = [] } = {}) {
      await cdk(['deploy', '--all', '--require-approval', 'never', '--outputs-file', outputs, ...args], env);
      return JSON.parse(await readFile(outputs, 'utf8'))[stack];
    },
    async destroy() {
      await cdk(['destroy', '--all', '--force']);
    },
  };
}
