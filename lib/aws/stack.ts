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
import type { StageSettings } from '../config.ts';
import type { Resources } from '../environment.ts';
import { type FunctionSpec, functions as table } from '../functions.ts';
import { makeApi, serve } from './api.ts';
import { makeDatabase } from './database.ts';
import { makeConfigurationSet } from './email.ts';
import { consumeEvents, makeBus } from './events.ts';
import { type CodeOf, makeFunction } from './functions.ts';
import { runAtDeployment, runBySchedule } from './jobs.ts';
import { makeApplicationSecret, makeKeySecrets } from './secrets.ts';

export interface IdentityStackProps extends StackProps {
  readonly settings: StageSettings;
  readonly codeOf: CodeOf;
  /** The service's own, unless a test has others. */
  readonly functions?: readonly FunctionSpec[];
}

export class IdentityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, codeOf, functions = table, ...props }: IdentityStackProps) {
    super(scope, id, props);
    const { stage, service, deployment } = settings;
    const database = makeDatabase(this, settings);
    const secrets = new Construct(this, 'Secrets');
    const bus = makeBus(this, settings);
    makeConfigurationSet(this, stage);
    const api = makeApi(this, settings);
    const resources: Resources = {
      settings: JSON.stringify(service),
      issuer: api.apiEndpoint,
      stage,
      database: {
        clusterArn: database.clusterArn,
        name: deployment.database.name,
        ownerSecretArn: database.ownerSecretArn,
        applicationSecretArn: makeApplicationSecret(secrets, settings),
      },
      eventBusName: bus.eventBusName,
      secretArns: makeKeySecrets(secrets, settings),
    };

    const functionScope = new Construct(this, 'Functions');
    const made = functions.map((spec) => makeFunction(functionScope, spec, codeOf(spec), resources, settings));
    const jobs = made.filter(({ spec }) => spec.triggers.some(({ kind }) => kind === 'deploy'));
    const deployed = runAtDeployment(new Construct(this, 'Deployment'), jobs, database.ready, settings);
    for (const one of made) if (!jobs.includes(one)) one.handler.node.addDependency(...deployed);

    serve(new Construct(this, 'Routes'), api, made, deployed, settings);
    const schedules = new Construct(this, 'Schedules');
    const rules = new Construct(this, 'Rules');
    for (const one of made) {
      for (const schedule of runBySchedule(schedules, one)) schedule.node.addDependency(...deployed);
      consumeEvents(rules, bus, one);
    }
    new CfnOutput(this, 'Issuer', { value: api.apiEndpoint, description: 'Base URL of the API, `iss` of its tokens' });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
  }

  /** The region's first two zones, by CloudFormation: no look-up at synth, the same template on every machine. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
