/** Parts of the stack that CloudFormation does not know, each made or ended by a function of lib/service/functions.ts. */
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { ServiceFunction } from './functions.ts';

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
