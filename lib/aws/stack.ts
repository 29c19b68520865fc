/**
 * A stage: a stack with what holds data or has a name that others know, and a stack nested in it for each subject of
 * lib/service/stacks.ts, since a stack takes 500 resources. It is nested itself, in that of whoever has the service in an
 * app (identity-service.ts): so all ids are its own, and what it changes of CDK's providers (cdk-provider.ts) is too. The order of a deployment, on an empty account and on an
 * update alike:
 *
 * database → migrate → rotate-signing-key → functions with their routes, schedules and rules → the API's stage
 *
 * CloudFormation goes by dependencies alone, so each arrow is one: the stack of the deploy jobs depends on the database,
 * every other subject on that stack, the API's stage on all of them. When a job fails, nothing after it has been touched.
 */
import { Aws, CfnOutput, type CfnResource, Fn, NestedStack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type StageSettings, settingsJson } from '../service/config.ts';
import type { Resources } from '../service/environment.ts';
import { type FunctionSpec, functions as table } from '../service/functions.ts';
import { isPartOf, makes } from '../service/present.ts';
import { subjects } from '../service/stacks.ts';
import { alarmTopic } from './alarm-topic.ts';
import { makeAlarms, stageAlarms } from './alarms.ts';
import { makeApi, makeStage, routesOf } from './api.ts';
import { apiUrl, nameApi } from './api-domain.ts';
import { makeArchive } from './audit-archive.ts';
import { copyBackups } from './backup-copy.ts';
import { copyAlarms } from './copy-alarms.ts';
import { customResourceOf } from './custom-resources.ts';
import { makeDashboard } from './dashboard.ts';
import { makeDatabase } from './database.ts';
import { makeEdge } from './edge.ts';
import { makeConfigurationSet } from './email.ts';
import { makeBus } from './events.ts';
import { type CodeOf, makeFunction, type ServiceFunction } from './functions.ts';
import { ACCESS, type LogOf, makeLogs, PROVIDER } from './logs.ts';
import { retainingNothing } from './retention.ts';
import { makeApplicationSecret, makeClientSecrets, makeKeySecrets } from './secrets.ts';
import { nestedIn, type Shared, SubjectStack } from './subject-stack.ts';

export interface ServiceStackProps {
  readonly settings: StageSettings;
  readonly codeOf: CodeOf;
  /** The service's own, unless a test has others. */
  readonly functions?: readonly FunctionSpec[];
  /** Functions that this deployment leaves out while they change their stack. Their log groups stay. */
  readonly without?: readonly string[];
  /** Whether the stage is made by this deployment, and protected only by the next. */
  readonly isFirst?: boolean;
}

/** What others call it by, under the names of the outputs. */
export type Addresses = Readonly<Record<'Issuer' | 'ApiEndpoint' | 'EventBusName', string>> &
  Readonly<Partial<Record<'ApiDomainTarget' | 'EdgeDomainName', string>>>;

export class ServiceStack extends NestedStack {
  /** Itself as the stack around it has it. */
  readonly whole: CfnResource;
  readonly bus: EventBus;
  readonly api: HttpApi;
  readonly alarmTopic: ITopic | undefined;
  /** As outputs of this stack: what refers to one comes after all that serves. */
  readonly addresses: Addresses;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    const { settings, codeOf, functions = table, without = [], isFirst = false } = props;
    const { stage, service, deployment } = settings;
    super(scope, id, { description: `Identity service, stage ${stage}` });
    this.whole = nestedIn(this, `IdentityService${asId(stage)}`);
    const holding = isFirst ? retainingNothing(settings) : settings;
    const database = makeDatabase(this, holding);
    const secrets = new Construct(this, 'Secrets');
    const bus = makeBus(this, settings);
    makeConfigurationSet(this, stage);
    const archive = makeArchive(this, holding);
    copyBackups(this, holding, database.clusterArn);
    const api = makeApi(this, settings);
    const edge = deployment.edge ? makeEdge(new Construct(this, 'Edge'), api, settings) : undefined;
    const resources: Resources = {
      settings: settingsJson(service),
      issuer: edge?.url ?? apiUrl(api, deployment),
      stage,
      account: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root`,
      database: {
        clusterArn: database.clusterArn,
        name: deployment.database.name,
        ownerSecretArn: database.ownerSecretArn,
        applicationSecretArn: makeApplicationSecret(secrets, holding),
      },
      ...(edge ? { edgeSecretArns: edge.secretArns } : {}),
      ...(deployment.keyArn ? { keyArn: deployment.keyArn } : {}),
      ...(archive ? { archive } : {}),
      eventBusName: bus.eventBusName,
      secretArns: makeKeySecrets(secrets, holding),
      clientSecretArns: makeClientSecrets(secrets, holding),
    };
    const wanted = functions.filter((spec) => isPartOf(deployment, spec));
    const logOf = makeLogs(this, wanted, holding);
    const present = leftOut(wanted, without);

    const alarms = new Construct(this, 'Alarms');
    const topic = deployment.alarms.on ? alarmTopic(alarms, settings) : undefined;
    const digest = this.#digest(present, logOf, edge?.secretArns, (spec) =>
      makeFunction(new Construct(this, 'Functions'), spec, codeOf(spec), resources, settings),
    );
    const nested = this.#nest(present, [...database.ready, ...(edge ? [edge.distribution] : [])], {
      settings,
      codeOf,
      resources: digest === undefined ? resources : { ...resources, edgeSecretDigests: digest },
      api,
      bus,
      logOf,
      ...(topic ? { alarmTopic: topic } : {}),
    });
    const served = makeStage(this, api, present.flatMap(routesOf), logOf(ACCESS), nested);
    const apiTarget = nameApi(this, api, served, deployment);
    if (topic) {
      const { clusterIdentifier } = database;
      const watched = { apiId: api.apiId, ...(clusterIdentifier ? { clusterIdentifier } : {}) };
      const all = [...stageAlarms(watched, settings), ...copyAlarms(settings)];
      const rows = all.filter(({ silence }) => !(isFirst && silence));
      makeAlarms(alarms, topic, rows, stage);
      makeDashboard(this, api.apiId, present, stage);
    }
    this.bus = bus;
    this.api = api;
    this.alarmTopic = topic;
    this.addresses = this.#asOutputs({
      Issuer: resources.issuer,
      ApiEndpoint: apiUrl(api, deployment),
      EventBusName: bus.eventBusName,
      ...(apiTarget ? { ApiDomainTarget: apiTarget } : {}),
      ...(edge ? { EdgeDomainName: edge.domainName } : {}),
    });
  }

  /** The digests of the edge's secrets, which all functions are given: so they are found out in the root. */
  #digest(
    specs: readonly FunctionSpec[],
    logOf: LogOf,
    SecretArns: readonly string[] | undefined,
    make: (spec: FunctionSpec) => ServiceFunction,
  ): string | undefined {
    const spec = specs.find(makes('edge-secret'));
    if (!spec) return undefined;
    const digester = make(spec);
    digester.handler.node.addDependency(logOf(spec.name));
    return customResourceOf(digester, { SecretArns }).getAttString('Sha256');
  }

  /** @returns the nested stacks, as resources of this one */
  #nest(specs: readonly FunctionSpec[], ready: readonly Construct[], shared: Shared): CfnResource[] {
    const nested: CfnResource[] = [];
    let before = ready;
    for (const subject of subjects) {
      const own = specs.filter(({ stack }) => stack === subject);
      if (own.length === 0) continue;
      const { whole } = new SubjectStack(this, subject, own, shared);
      whole.node.addDependency(...before, ...own.map(({ name }) => shared.logOf(name)));
      if (subject === 'deployment') {
        whole.node.addDependency(shared.logOf(PROVIDER));
        before = [whole];
      }
      nested.push(whole);
    }
    return nested;
  }

  #asOutputs(addresses: Addresses): Addresses {
    const outputs = Object.entries(addresses).map(([name, value]) => {
      new CfnOutput(this, name, { value });
      return [name, this.whole.getAtt(`Outputs.${name}`).toString()] as const;
    });
    return Object.fromEntries(outputs) as Addresses;
  }

  /** The region's first two zones, by CloudFormation: no look-up at synth, the same template on every machine. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

/** For a logical id, which takes no hyphen: a stage's name has small letters only, so no two stages have the same. */
const asId = (stage: string) => `${stage.charAt(0).toUpperCase()}${stage.slice(1).replaceAll('-', 'X')}`;

/** @throws Error when one of the names is of no function that can change its stack */
function leftOut(specs: readonly FunctionSpec[], without: readonly string[]): FunctionSpec[] {
  // Without what makes or ends a part of the stack, the part would end: the signing keys would be deleted.
  const movable = specs.filter(({ triggers }) => triggers.every(({ kind }) => kind !== 'resource'));
  const unknown = without.filter((name) => !movable.some((spec) => spec.name === name));
  if (unknown.length > 0) throw new Error(`No function ${unknown.join(', ')} that can change its stack`);
  return specs.filter(({ name }) => !without.includes(name));
}
