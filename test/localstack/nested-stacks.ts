/** The stacks nested in the service's own, as CloudFormation describes them. This repo has no other use for its SDK. */
import { credentials } from './data-api.ts';

/** @returns the subjects of those that were updated since they were made */
export async function updatedStacks(endpoint: string): Promise<string[]> {
  const scope = `${credentials.accessKeyId}/20260101/${process.env.AWS_REGION}/cloudformation/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
    body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15' }),
  });
  const stacks = (await response.text()).split('<StackName>').slice(1);
  const nested = stacks.flatMap((text) => {
    const [, subject] = /^identity-\w+-IdentityService\w+-[\w-]{12}-([A-Z]\w+)-/.exec(text) ?? [];
    const [, status] = /<StackStatus>(\w+)</.exec(text) ?? [];
    return subject && status ? [{ subject, status }] : [];
  });
  if (nested.length === 0) throw new Error('there are no nested stacks');
  return nested.flatMap(({ subject, status }) => (status === 'UPDATE_COMPLETE' ? [subject] : []));
}
