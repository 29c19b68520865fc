/** The stacks of a stage: the service's own, and where it has an edge the firewall's, in the region that CloudFront asks for. */
import type { App, Environment } from 'aws-cdk-lib';
import type { StageSettings } from '../service/config.ts';
import { type FunctionSpec, functions as table } from '../service/functions.ts';
import { withThrottles } from '../service/throttles.ts';
import { FIREWALL_REGION, FirewallStack } from './firewall.ts';
import type { CodeOf } from './functions.ts';
import { IdentityStack } from './stack.ts';
import { refuseUndecided } from './undecided.ts';

export interface StageOptions {
  readonly settings: StageSettings;
  readonly codeOf: CodeOf;
  /** Where; a stage without an edge may leave it to the deployment. */
  readonly env?: Environment;
  /** The service's own, unless a test has others. */
  readonly functions?: readonly FunctionSpec[];
  /** Functions that this deployment leaves out, while they change their stack (CONTRIBUTING.md). */
  readonly without?: readonly string[];
  /** A first deployment, to be followed by another that protects the stage (lib/operator/deployment.ts). */
  readonly isFirst?: boolean;
}

/** @throws Error when a setting has to be decided, or a stage with an edge is not told its account and region */
export function makeStage(app: App, { settings, env, functions = table, ...options }: StageOptions) {
  refuseUndecided(settings);
  const name = `identity-${settings.stage}`;
  const firewall = settings.deployment.edge ? makeFirewall(app, name, settings, env) : undefined;
  const service = new IdentityStack(app, name, {
    settings,
    functions: withThrottles(functions, settings.deployment.throttles),
    ...options,
    description: `Identity service, stage ${settings.stage}`,
    // The CDK CLI sets this before it deploys, and cannot delete what a first deployment left that failed.
    terminationProtection: settings.deployment.retainData && !options.isFirst,
    ...(env ? { env } : {}),
    ...(firewall ? { webAclArn: firewall.webAclArn, crossRegionReferences: true } : {}),
  });
  return { service, firewall };
}

function makeFirewall(app: App, name: string, settings: StageSettings, env: Environment | undefined): FirewallStack {
  if (!env?.account || !env.region) {
    throw new Error(`Stage ${settings.stage} has an edge, in two regions: credentials are needed, to know the account`);
  }
  return new FirewallStack(app, `${name}-firewall`, {
    settings,
    description: `Firewall of the identity service, stage ${settings.stage}`,
    env: { account: env.account, region: FIREWALL_REGION },
    crossRegionReferences: true,
  });
}
