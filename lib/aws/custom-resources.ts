/** Parts of the stack that CloudFormation does not know, each made or ended by a function of lib/service/functions.ts. */
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { DeploymentSettings } from '../service/config.ts';
import type { FunctionSpec, Trigger } from '../service/functions.ts';
import type { ServiceFunction } from './functions.ts';

type Part = Extract<Trigger, { kind: 'resource' }>['of'];

export const makes =
  (part: Part) =>
  ({ triggers }: FunctionSpec): boolean =>
    triggers.some((trigger) => trigger.kind === 'resource' && trigger.of === part);

/** Whether the stage has what the function is for; any other function is part of every stage. */
export function isPartOf({ retainData, edge, auditExport }: DeploymentSettings, spec: FunctionSpec): boolean {
  return (
    (retainData ? !makes('signing-keys')(spec) : true) &&
    (edge ? true : !makes('edge-secret')(spec)) &&
    (auditExport ? true : !spec.may.includes('archive'))
  );
}

/**
 * How long CloudFormation waits for an answer that does not come; by default an hour. It is enough for the function's
 * three runs: CloudFormation invokes it asynchronously, so Lambda runs it again after one minute and after two.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const answerTimeout = (seconds: number) => Duration.seconds(3 * seconds + 5 * 60);

export const customResourceOf = ({ spec, handler }: ServiceFunction, properties: Record<string, unknown> = {}) =>
  new CustomResource(handler, 'Made', {
    serviceToken: handler.functionArn,
    resourceType: `Custom::${spec.name}`,
    serviceTimeout: answerTimeout(spec.timeout),
    properties,
  });
