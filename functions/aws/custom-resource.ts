/**
 * A function as a custom resource of CloudFormation: it does its work and always answers, since CloudFormation would
 * otherwise wait for an hour.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { log } from '../runtime/log.ts';

/**
 * @param id of the resource; if it changed, CloudFormation would delete the old resource
 * @param work returns the resource's attributes, if it has any
 */
export function customResource(
  id: string,
  work: (event: CloudFormationCustomResourceEvent) => Promise<Readonly<Record<string, string>> | undefined>,
): (event: CloudFormationCustomResourceEvent) => Promise<void> {
  return async (event) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: id };
    let outcome: object;
    try {
      outcome = { Status: 'SUCCESS', Data: await work(event) };
    } catch (error) {
      log('error', 'custom resource failed', { request: event.RequestType, error });
      // More people see the stack's events than the log.
      outcome = { Status: 'FAILED', Reason: `See the log of ${process.env.AWS_LAMBDA_FUNCTION_NAME}` };
    }
    await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...answer, ...outcome }) });
  };
}
