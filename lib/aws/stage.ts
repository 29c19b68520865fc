/**
 * The stacks of a stage: the service's own, and where it has an edge the firewall's, in the region that CloudFront asks for;
 * where its backups are copied, that of the vault in the other region.
 */
import { type App, CfnOutput, type Environment, Stack, type StackProps } from 'aws-cdk-lib';
import type { StageSettings } from '../service/config.ts';
import { IdentityBackupVault } from './backup-copy.ts';
import { FIREWALL_REGION, IdentityFirewall } from './firewall.ts';
import { IdentityService, type IdentityServiceProps } from './identity-service.ts';
import { refuseUndecided } from './undecided.ts';

export interface StageOptions extends Pick<IdentityServiceProps, 'code' | 'functions' | 'isFirst' | 'without'> {
  readonly settings: StageSettings;
  /** Where; a stage without an edge may leave it to the deployment. */
  readonly env?: Environment;
}

/** @throws Error when a setting has to be decided, or a stage in two regions is not told its account and region */
export function makeStage(app: App, { settings, env, ...options }: StageOptions) {
  refuseUndecided(settings);
  const { stage, deployment } = settings;
  const name = `identity-${stage}`;
  const firewall = deployment.edge && !deployment.edge.webAclArn ? makeFirewall(app, name, settings, env) : undefined;
  const backups = deployment.backupCopy ? makeBackupVault(app, name, settings, env, options.isFirst) : undefined;
  const service = new IdentityStack(app, name, {
    service: { ...settings, ...(firewall ? behind(firewall.webAclArn, settings) : {}), ...options },
    description: `Identity service, stage ${stage}`,
    // The CDK CLI sets this before it deploys, and cannot delete what a first deployment left that failed.
    terminationProtection: deployment.retainData && !options.isFirst,
    ...(env ? { env } : {}),
    ...(firewall ? { crossRegionReferences: true } : {}),
  });
  // A plan that names a vault which is not there is taken, and its copies fail.
  if (backups) service.addStackDependency(backups, 'the plan copies into its vault');
  return { service, firewall: firewall && Stack.of(firewall), backups };
}

const behind = (webAclArn: string, { deployment }: StageSettings) => ({
  deployment: { ...deployment, edge: { ...deployment.edge, webAclArn } },
});

function makeFirewall(app: App, name: string, settings: StageSettings, env: Environment | undefined): IdentityFirewall {
  const stack = new Stack(app, `${name}-firewall`, {
    description: `Firewall of the identity service, stage ${settings.stage}`,
    env: { account: known(settings.stage, 'has an edge', env).account, region: FIREWALL_REGION },
    crossRegionReferences: true,
  });
  return new IdentityFirewall(stack, 'Default', settings);
}

/** None where the settings name a vault. */
function makeBackupVault(
  app: App,
  name: string,
  settings: StageSettings,
  env: Environment | undefined,
  isFirst = false,
): Stack | undefined {
  const { region = '', vaultArn } = settings.deployment.backupCopy ?? {};
  const own = known(settings.stage, 'copies its backups', env);
  if (vaultArn) return undefined;
  const stack = new Stack(app, `${name}-backups`, {
    description: `Copies of the backups of the identity service, stage ${settings.stage}`,
    env: { account: own.account, region },
    terminationProtection: settings.deployment.retainData && !isFirst,
  });
  new IdentityBackupVault(stack, 'Default', settings);
  return stack;
}

function known(stage: string, why: string, env: Environment | undefined) {
  if (!env?.account || !env.region) {
    throw new Error(`Stage ${stage} ${why}, in two regions: credentials are needed, to know the account`);
  }
  return { account: env.account, region: env.region };
}

/** What whoever deploys the service by itself sees of it. */
class IdentityStack extends Stack {
  readonly identity: IdentityService;

  constructor(scope: App, id: string, { service, ...props }: StackProps & { readonly service: IdentityServiceProps }) {
    super(scope, id, props);
    this.identity = new IdentityService(this, 'Identity', service);
    const { issuer, apiEndpoint, eventBus, apiDomainTarget, edgeDomainName } = this.identity;
    this.#output('Issuer', issuer, 'Base URL of the service, `iss` of its tokens');
    this.#output('ApiEndpoint', apiEndpoint, 'Where the account’s own services send their signed requests');
    this.#output('EventBusName', eventBus.eventBusName, 'Where the service’s events are');
    this.#output('ApiDomainTarget', apiDomainTarget, 'What the name of the API points at');
    this.#output('EdgeDomainName', edgeDomainName, 'What a name of the service’s own points at');
  }

  #output(name: string, value: string | undefined, description: string): void {
    if (value !== undefined) new CfnOutput(this, name, { value, description });
  }
}
