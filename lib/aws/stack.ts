/**
 * One stack a stage. The order of a deployment, on an empty account and on an update alike, is that of this file:
 *
 * database → migrate → rotate-signing-key → functions → routes → schedules and rules
 *
 * CloudFormation goes by dependencies alone, so each arrow is one: the deploy jobs depend on the database and on one
 * another, and whatever serves depends on the last of them. When a job fails, nothing after it has been touched.
 */
import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import type { Resources } from '../service/environment.ts';
import { type FunctionSpec, functions as table } from '../service/functions.ts';
import { makeAlarms } from './alarms.ts';
import { makeApi, serve } from './api.ts';
import { customResourceOf, isPartOf, makes } from './custom-resources.ts';
import { makeDashboard } from './dashboard.ts';
import { makeDatabase } from './database.ts';
import { makeEdge } from './edge.ts';
import { makeConfigurationSet } from './email.ts';
import { consumeEvents, makeBus } from './events.ts';
import { type CodeOf, makeFunction, type ServiceFunction } from './functions.ts';
import { runAtDeployment, runByLog, runBySchedule } from './jobs.ts';
import { makeApplicationSecret, makeKeySecrets } from './secrets.ts';

export interface IdentityStackProps extends StackProps {
  readonly settings: StageSettings;
  readonly codeOf: CodeOf;
  /** Of the firewall before the edge, where the settings have one. */
  readonly webAclArn?: string;
  /** The service's own, unless a test has others. */
  readonly functions?: readonly FunctionSpec[];
}

export class IdentityStack extends Stack {
  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    const { settings, codeOf, webAclArn, functions = table, ...stackProps } = props;
    super(scope, id, stackProps);
    const { stage, service, deployment } = settings;
    const database = makeDatabase(this, settings);
    const secrets = new Construct(this, 'Secrets');
    const bus = makeBus(this, settings);
    makeConfigurationSet(this, stage);
    const api = makeApi(this, settings);
    const edge = webAclArn ? makeEdge(new Construct(this, 'Edge'), api, webAclArn, settings) : undefined;
    const resources: Resources = {
      settings: JSON.stringify(service),
      issuer: edge?.url ?? api.apiEndpoint,
      stage,
      database: {
        clusterArn: database.clusterArn,
        name: deployment.database.name,
        ownerSecretArn: database.ownerSecretArn,
        applicationSecretArn: makeApplicationSecret(secrets, settings),
      },
      ...(edge ? { edgeSecretArn: edge.secretArn } : {}),
      eventBusName: bus.eventBusName,
      secretArns: makeKeySecrets(secrets, settings),
    };

    const functionScope = new Construct(this, 'Functions');
    const make = (spec: FunctionSpec, more: Partial<Resources> = {}) =>
      makeFunction(functionScope, spec, codeOf(spec), { ...resources, ...more }, settings);
    const wanted = functions.filter((spec) => isPartOf(deployment, spec));
    // Before the others, which get what it finds.
    const [digester] = wanted.filter(makes('edge-secret')).map((spec) => make(spec));
    const digest = digester && customResourceOf(digester, { SecretArn: edge?.secretArn }).getAttString('Sha256');
    const made = wanted
      .filter((spec) => !makes('edge-secret')(spec))
      .map((spec) => make(spec, digest ? { edgeSecretDigest: digest } : {}));

    const jobs = made.filter(({ spec }) => spec.triggers.some(({ kind }) => kind === 'deploy'));
    const deployed: Construct[] = runAtDeployment(new Construct(this, 'Deployment'), jobs, database.ready, settings);
    for (const one of made) if (!jobs.includes(one)) one.handler.node.addDependency(...deployed);

    const accessLog = serve(new Construct(this, 'Routes'), api, made, deployed, settings);
    const ending = made.filter(({ spec }) => makes('signing-keys')(spec)).map((one) => customResourceOf(one));
    const schedules = new Construct(this, 'Schedules');
    const rules = new Construct(this, 'Rules');
    const wakes = new Construct(this, 'Wakes');
    const logOf = (of: string) => (of === 'access' ? accessLog : handlerOf(made, of).logGroup);
    for (const one of made) {
      // What ends the keys comes before the schedules, and so goes after them: none makes another key.
      for (const schedule of runBySchedule(schedules, one, settings))
        schedule.node.addDependency(...deployed, ...ending);
      consumeEvents(rules, bus, one);
      runByLog(wakes, one, logOf, settings);
    }
    if (deployment.alarms.on) {
      const { clusterIdentifier } = database;
      const watched = { apiId: api.apiId, functions: made, ...(clusterIdentifier ? { clusterIdentifier } : {}) };
      makeAlarms(new Construct(this, 'Alarms'), watched, settings);
      makeDashboard(this, watched, stage);
    }
    this.addOutputs({
      Issuer: [resources.issuer, 'Base URL of the service, `iss` of its tokens'],
      ApiEndpoint: [api.apiEndpoint, 'Where the account’s own services send their signed requests'],
      EventBusName: [bus.eventBusName, 'Where the service’s events are'],
      ...(edge ? { EdgeDomainName: [edge.domainName, 'What a name of the service’s own points at'] } : {}),
    });
  }

  private addOutputs(outputs: Readonly<Record<string, readonly [value: string, description: string]>>): void {
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }

  /** The region's first two zones, by CloudFormation: no look-up at synth, the same template on every machine. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

function handlerOf(made: readonly ServiceFunction[], name: string) {
  const found = made.find(({ spec }) => spec.name === name);
  if (!found) throw new Error(`lib/service/functions.ts has no ${name}, whose log is to run a function`);
  return found.handler;
}
