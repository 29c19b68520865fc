/** One Lambda function for each row of lib/service/functions.ts: its own role, its own log group, nothing shared. */
import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { signingRolePath } from '../../functions/domain/signing-roles.ts';
import type { Capability } from '../service/capability.ts';
import type { StageSettings } from '../service/config.ts';
import { environmentOf, type Resources } from '../service/environment.ts';
import type { FunctionSpec } from '../service/functions.ts';
import { isUnattended } from '../service/present.ts';
import { makeDeadLetters } from './dead-letters.ts';
import { anyIdentityAcknowledged } from './email.ts';
import { InlineRole } from './inline-role.ts';
import { minutesBetweenRuns } from './intervals.ts';
import { layersOf } from './layers.ts';
import { logActions, logStreams, logStreamsAcknowledged } from './logs.ts';
import { deadLettersName, logGroupName, nameOnAws } from './names.ts';
import { permissionsOf } from './permissions.ts';
import { anyKeyAcknowledged } from './signing-keys.ts';

/** A function of the table, made. */
export interface ServiceFunction {
  readonly spec: FunctionSpec;
  readonly handler: LambdaFunction;
  /** Where its failed invocations go, when a schedule or an event invokes it. */
  readonly deadLetters?: Queue;
}

/**
 * Minutes. Lambda keeps an invocation for six hours at most, and by default: one that failed, for two more tries, and one
 * that was throttled.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
const LONGEST_WAIT = 6 * 60;
/** Minutes between runs that are so near to each other that none is repeated. */
const SOON = 10;

/** The bundle of a function, as Lambda takes it. */
export type CodeOf = (spec: FunctionSpec) => Code;

/**
 * Its log group must stand before it: Lambda would make one that is kept for ever.
 * @param settings the stage's, for what the function is beside its capabilities
 */
export function makeFunction(
  scope: Construct,
  spec: FunctionSpec,
  code: Code,
  resources: Resources,
  settings: StageSettings,
): ServiceFunction {
  const { stage } = settings;
  const own = new Construct(scope, spec.name);
  const deadLetters = isUnattended(spec) ? makeDeadLetters(own, deadLettersName(stage, spec.name)) : undefined;
  const { layers, places } = layersOf(own, spec, settings);
  const handler = new LambdaFunction(own, 'Function', {
    functionName: nameOnAws(stage, spec.name),
    code,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: spec.memory,
    timeout: Duration.seconds(spec.timeout),
    environment: environmentOf(spec, {
      ...resources,
      ...(deadLetters && { deadLettersUrl: deadLetters.queueUrl }),
      ...places,
    }),
    ...(layers.length > 0 ? { layers } : {}),
    role: makeRole(own, spec, resources),
    logGroup: LogGroup.fromLogGroupName(own, 'Logs', logGroupName(stage, spec.name)),
    // The functions' lines are JSON by themselves; this makes Lambda's own (start, report, crash) so too.
    loggingFormat: LoggingFormat.JSON,
    tracing: Tracing.ACTIVE,
    ...(settings.deployment.reserveConcurrency && spec.concurrency !== undefined
      ? { reservedConcurrentExecutions: spec.concurrency }
      : {}),
  });
  if (!deadLetters) return { spec, handler };

  const again = minutesBetweenRuns(spec, settings);
  // The next run does the work of one that failed or waits, and another beside it would only take its place.
  const soon = again <= SOON;
  handler.configureAsyncInvoke({
    ...(soon ? {} : { onFailure: new SqsDestination(deadLetters) }),
    retryAttempts: soon ? 0 : 2,
    maxEventAge: Duration.minutes(Math.min(again, LONGEST_WAIT)),
  });
  return { spec, handler, deadLetters };
}

const keyCapabilities: readonly Capability[] = ['sign', 'read-public-keys', 'rotate-keys'];

function makeRole(scope: Construct, spec: FunctionSpec, resources: Resources): Role {
  const role = new InlineRole(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    // The keys let nobody else sign (functions/aws/signing-key-policy.ts).
    ...(spec.may.includes('sign') ? { path: signingRolePath(resources.stage) } : {}),
    description: `What ${spec.name} of the identity service may do`,
  });
  const log = logGroupName(resources.stage, spec.name);
  for (const statement of permissionsOf(spec.may, resources)) role.addToPolicy(statement);
  role.addToPolicy(new PolicyStatement({ actions: [...logActions], resources: [logStreams(log)] }));
  Validations.of(role).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes traces on no narrower resource, nor does KMS CreateKey or a list of keys.',
    },
    logStreamsAcknowledged(log),
  );
  if (spec.may.includes('send-email')) Validations.of(role).acknowledge(anyIdentityAcknowledged);
  if (spec.may.some((capability) => keyCapabilities.includes(capability))) {
    Validations.of(role).acknowledge(anyKeyAcknowledged);
  }
  return role;
}
