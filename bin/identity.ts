/** The CDK app, named by cdk.json: `cdk deploy -c stage=prod`. One stack a stage, set up by `stages` in cdk.json. */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FIREWALL_REGION, FirewallStack } from '../lib/aws/firewall.ts';
import { IdentityStack } from '../lib/aws/stack.ts';
import { bundleFunctions, repoRoot } from '../lib/bundle.ts';
import { parseSettings, type StageSettings } from '../lib/config.ts';
import { functions } from '../lib/functions.ts';
import { addNativeArgon2 } from '../lib/native-argon2.ts';

const app = new App();
const settings = stageSettings(app);
// A folder of its own: that of a running `npm start` stays as it is.
const bundles = join(repoRoot, '.build', 'deployment');
const bundled = await bundleFunctions(functions, bundles);
if (settings.service.passwordHasher === 'native') addNativeArgon2(repoRoot, bundled);

const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
const env = account && region ? { account, region } : undefined;
const stackName = `identity-${settings.stage}`;
new IdentityStack(app, stackName, {
  settings,
  codeOf: ({ name }) => Code.fromAsset(join(bundles, name)),
  description: `Identity service, stage ${settings.stage}`,
  ...(env ? { env } : {}),
  ...(settings.deployment.edge ? { webAclArn: makeFirewall(), crossRegionReferences: true } : {}),
});
app.synth();

function makeFirewall(): string {
  if (!env) {
    console.error(`Stage ${settings.stage} has an edge, in two regions: credentials are needed, to know the account`);
    process.exit(1);
  }
  return new FirewallStack(app, `${stackName}-firewall`, {
    settings,
    description: `Firewall of the identity service, stage ${settings.stage}`,
    env: { account: env.account, region: FIREWALL_REGION },
    crossRegionReferences: true,
  }).webAclArn;
}

/** A bad setting ends the synth with its name, and no stack trace over it. */
function stageSettings({ node }: App): StageSettings {
  const stage: unknown = node.tryGetContext('stage') ?? 'dev';
  const stages: Record<string, object> = node.tryGetContext('stages') ?? {};
  try {
    const known = typeof stage === 'string' && Object.hasOwn(stages, stage);
    if (!known) throw new Error(`No stage ${stage} in cdk.json, only ${Object.keys(stages).join(', ') || 'none'}`);
    return parseSettings({ stage, ...stages[stage] });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
