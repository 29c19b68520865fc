/**
 * The CDK app that cdk.json names: `cdk deploy --all -c stage=prod`. `stages` in cdk.json configures the stages.
 * `-c without=auth-login,auth-refresh` leaves those functions out, so that the next deployment can create them in
 * another stack (CONTRIBUTING.md). `-c first=true` is how `npm run deploy` makes a new stage: without protection, so that
 * CloudFormation can take it back if it fails.
 */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { makeStage } from '../lib/aws/stage.ts';
import { bundleFunctions, repoRoot } from '../lib/build/bundle.ts';
import { addNativeArgon2 } from '../lib/build/native-argon2.ts';
import { parseSettings, type StageSettings } from '../lib/service/config.ts';
import { functions } from '../lib/service/functions.ts';

// A separate folder, so that the folder of a running `npm start` stays as it is.
const bundles = join(repoRoot, '.build', 'deployment');
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;

const app = new App();
const settings = orEnd(() => stageSettings(app));
const bundled = await bundleFunctions(functions, bundles);
if (settings.service.passwordHasher === 'native') addNativeArgon2(repoRoot, bundled);
orEnd(() =>
  makeStage(app, {
    settings,
    without: leftOut(app),
    isFirst: app.node.tryGetContext('first') !== undefined,
    code: bundles,
    ...(account && region ? { env: { account, region } } : {}),
  }),
);
app.synth();

function stageSettings({ node }: App): StageSettings {
  const stage: unknown = node.tryGetContext('stage') ?? 'dev';
  const stages: Record<string, object> = node.tryGetContext('stages') ?? {};
  const known = typeof stage === 'string' && Object.hasOwn(stages, stage);
  if (!known) throw new Error(`No stage ${stage} in cdk.json, only ${Object.keys(stages).join(', ') || 'none'}`);
  return parseSettings({ stage, ...stages[stage] });
}

function leftOut({ node }: App): string[] {
  const without: unknown = node.tryGetContext('without');
  return typeof without === 'string' ? without.split(',') : [];
}

/** A bad setting ends the synth with its name, without a stack trace. */
function orEnd<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
