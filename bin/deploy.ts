/**
 * npm run deploy -- --stage STAGE: looks whether AWS is ready for the stage, and deploys it (lib/operator/deployment.ts).
 * --check only looks; --anyway deploys whatever it finds. What follows `--` is passed to the CDK CLI.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repoRoot } from '../lib/build/folders.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { awsRequests } from '../lib/operator/aws-request.ts';
import { deployStage } from '../lib/operator/deployment.ts';
import { messageOf, operatorStage } from '../lib/operator/stage.ts';

const USAGE = 'npm run deploy -- --stage STAGE [--check] [--anyway] [-- OPTIONS OF cdk deploy]';

try {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { stage: { type: 'string' }, check: { type: 'boolean' }, anyway: { type: 'boolean' } },
  });
  const { stage, check = false, anyway = false } = values;
  if (!stage) throw new Error(USAGE);
  await deployStage({
    settings: operatorStage(stage),
    ask: awsRequests(),
    cdk: (args) => cdk([...args, ...positionals]),
    say: (line) => console.log(line),
    checkOnly: check,
    anyway,
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function cdk(args: readonly string[]): Promise<void> {
  const child = spawn(join(repoRoot, 'node_modules', '.bin', 'cdk'), args, { cwd: repoRoot, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} failed`);
}
