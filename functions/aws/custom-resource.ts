/**
 * A function as a custom resource of CloudFormation: it does its work and always answers, since CloudFormation waits
 * for an answer, by default for an hour, and the deployment with it. The answer is an object in S3, put there by a
 * presigned URL.
 *
 * Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { backoff } from '../domain/backoff.ts';
import { log } from '../runtime/log.ts';

/** Milliseconds of the function's time that are kept for the answer: the work must have ended by then. */
const ANSWER_TIME = 10_000;
/** Milliseconds for one try to answer. */
const PATIENCE = 2_000;
const MOST_TRIES = 4;
/** Bytes that CloudFormation reads. */
const MOST_BYTES = 4096;

type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

/**
 * @param id of the resource; if it changed, CloudFormation would delete the old resource
 * @param work returns the resource's attributes, if it has any. It may be done twice: Lambda runs it again after an
 *   error
 * @returns a handler that throws an Error if the answer was not taken
 */
export function customResource(
  id: string,
  work: (event: CloudFormationCustomResourceEvent) => Promise<Readonly<Record<string, string>> | undefined>,
): (event: CloudFormationCustomResourceEvent, invocation: Invocation) => Promise<void> {
  return async (event, invocation) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const answer = (outcome: object) =>
      Buffer.from(JSON.stringify({ StackId, RequestId, LogicalResourceId, PhysicalResourceId: id, ...outcome }));
    let body: Buffer;
    try {
      body = answer({ Status: 'SUCCESS', Data: await inTime(work(event), invocation) });
      if (body.length > MOST_BYTES)
        throw new Error(`the answer has ${body.length} bytes, more than CloudFormation reads`);
    } catch (error) {
      log('error', 'custom resource failed', { request: event.RequestType, error });
      // More people see the stack's events than the log.
      body = answer({ Status: 'FAILED', Reason: `See the log of ${process.env.AWS_LAMBDA_FUNCTION_NAME}` });
    }
    await deliver(event.ResponseURL, body);
  };
}

/** @throws Error when the work is not done by the time that is kept for the answer */
async function inTime<T>(work: Promise<T>, { getRemainingTimeInMillis }: Invocation): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error('the work is not done within the function’s time'));
    timer = setTimeout(fail, Math.max(0, getRemainingTimeInMillis() - ANSWER_TIME));
  });
  try {
    return await Promise.race([work, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error when S3 does not take the answer */
async function deliver(url: string, body: Buffer): Promise<void> {
  for (let failures = 1; ; failures++) {
    const status = await put(url, body);
    if (typeof status === 'number' && status < 300) return;
    // The URL stays out of the log: whoever has it can answer, too.
    log(failures < MOST_TRIES ? 'warn' : 'error', 'the answer to CloudFormation was not taken', { status });
    // Of S3's refusals only that of the signature, or of one that has expired, is final.
    if (failures === MOST_TRIES || status === 403) throw new Error('CloudFormation has no answer');
    await new Promise((resolve) => setTimeout(resolve, backoff(failures, { first: 100, longest: 1_000 })));
  }
}

/**
 * The body is bytes: for text, fetch adds a content type, and S3 then refuses the signature, which has none.
 * @returns the status, or the name of the error that came instead
 */
async function put(url: string, body: Buffer): Promise<number | string> {
  try {
    const answer = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(PATIENCE) });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    return error instanceof Error ? error.name : 'UnknownError';
  }
}
