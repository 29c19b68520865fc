/** SDK clients without what they do for every call and nobody here looks at. */

/**
 * A log that is off, the headers that describe the SDK to AWS, and those that Lambda's recursion detection reads, which
 * watches SQS, SNS, S3 and Lambda only. A fifth of a call's CPU time (README, "Speed").
 *
 * Source: https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/middleware-stack.html
 */
const NEEDLESS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** @returns the client itself, for those that requests wait for */
export function lean<Client extends { middlewareStack: { remove(name: string): boolean } }>(client: Client): Client {
  for (const name of NEEDLESS) client.middlewareStack.remove(name);
  return client;
}
