/**
 * A function as a custom resource of CloudFormation: it does its work and answers, whatever happens, since CloudFormation
 * would else wait for an hour.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { log } from '../runtime/log.ts';

/**
 * @param id of what is made; another one would have CloudFormation delete the old
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
      // The stack's events are shown to more people than the log is.
      outcome = { Status: 'FAILED', Reason: `See the log of ${process.env.AWS_LAMBDA_FUNCTION_NAME}` };
    }
    await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...answer, ...outcome }) });
  };
}
