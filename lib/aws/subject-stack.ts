/**
 * The functions of one subject, nested in the root: with their routes, schedules, rules and alarms, so that an update of
 * one subject touches no other. It refers to the root, and neither the root nor another subject to it.
 */
import { type CfnResource, NestedStack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { clientsOf } from '../service/clients.ts';
import type { StageSettings } from '../service/config.ts';
import type { Resources } from '../service/environment.ts';
import type { FunctionSpec } from '../service/functions.ts';
import { makes } from '../service/present.ts';
import type { Subject } from '../service/stacks.ts';
import { makeAlarms } from './alarms.ts';
import { makeRoutes } from './api.ts';
import { customResourceOf } from './custom-resources.ts';
import { consumeEvents } from './events.ts';
import { functionAlarms } from './function-alarms.ts';
import { type CodeOf, makeFunction, type ServiceFunction } from './functions.ts';
import { runAtDeployment, runByLog, runBySchedule } from './jobs.ts';
import type { LogOf } from './logs.ts';

/** What the root has for each. */
export interface Shared {
  readonly settings: StageSettings;
  readonly codeOf: CodeOf;
  readonly resources: Resources;
  readonly api: HttpApi;
  readonly bus: EventBus;
  /** The access log, or a function's, by the `of` of a `log` trigger. */
  readonly logOf: LogOf;
  /** Where alarms go, in a stage that has them. */
  readonly alarmTopic?: ITopic;
}

export class SubjectStack extends NestedStack {
  /** Itself as the root has it: what depends on it depends on all that is in it. */
  readonly whole: CfnResource;

  constructor(scope: Construct, subject: Subject, specs: readonly FunctionSpec[], shared: Shared) {
    const { settings, codeOf, resources, api, alarmTopic } = shared;
    const id = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}`;
    super(scope, id, { description: `Identity service, stage ${settings.stage}: ${subject}` });
    this.whole = nestedIn(this, id);

    const functions = new Construct(this, 'Functions');
    const made = specs.map((spec) => makeFunction(functions, spec, codeOf(spec), resources, settings));
    const deployed = this.#deploy(made, settings);
    makeRoutes(new Construct(this, 'Routes'), api, made);
    this.#run(made, deployed, shared);
    if (alarmTopic)
      makeAlarms(
        new Construct(this, 'Alarms'),
        alarmTopic,
        specs.flatMap(functionAlarms(settings.stage)),
        settings.stage,
      );
  }

  /** Nothing but the jobs themselves is touched before they have run. */
  #deploy(made: readonly ServiceFunction[], settings: StageSettings): Construct[] {
    const jobs = made.filter(({ spec }) => spec.triggers.some(({ kind }) => kind === 'deploy'));
    const deployed = runAtDeployment(new Construct(this, 'Deployment'), jobs, settings);
    for (const one of made) if (!jobs.includes(one)) one.handler.node.addDependency(...deployed);
    return deployed;
  }

  #run(made: readonly ServiceFunction[], deployed: readonly Construct[], shared: Shared): void {
    const { settings, bus, logOf } = shared;
    for (const one of made.filter(({ spec }) => makes('clients')(spec))) applyClients(one, shared);
    const ending = made.filter(({ spec }) => makes('signing-keys')(spec)).map((one) => customResourceOf(one));
    const schedules = new Construct(this, 'Schedules');
    const rules = new Construct(this, 'Rules');
    const wakes = new Construct(this, 'Wakes');
    for (const one of made) {
      // What ends the keys comes before the schedules, and so goes after them: none makes another key.
      for (const schedule of runBySchedule(schedules, one, settings))
        schedule.node.addDependency(...deployed, ...ending);
      consumeEvents(rules, bus, one, settings.stage);
      runByLog(wakes, one, logOf, settings);
    }
  }
}

/** The job runs again whenever one of these properties changes, also by what is usual for a kind of client. */
const applyClients = (job: ServiceFunction, { settings: { deployment, service }, resources }: Shared) =>
  customResourceOf(job, {
    // CloudFormation would make texts of numbers and truth values.
    Clients: JSON.stringify(clientsOf(deployment.clients, service)),
    SecretArns: resources.clientSecretArns,
  });

/**
 * A nested stack as the stack around it has it.
 * @param id wherever it stands in the tree: another id would be another stack, whose names clash with those of the first
 */
export function nestedIn({ nestedStackResource }: NestedStack, id: string): CfnResource {
  if (!nestedStackResource) throw new Error(`the stack ${id} is not nested`);
  nestedStackResource.overrideLogicalId(id);
  return nestedStackResource;
}
