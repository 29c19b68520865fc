/**
 * What would make a deployment fail midway, or make a stage that does not work, found out before anything is made. A custom
 * resource would come too late: it is made itself, after the names and the database.
 */
import { logGroupName, nameOnAws } from '../aws/names.ts';
import type { StageSettings } from '../service/config.ts';
import { functions } from '../service/functions.ts';
import { withThrottles } from '../service/throttles.ts';
import {
  type Aws,
  domainOf,
  KEPT_BY_LAMBDA,
  readConcurrency,
  readIdentities,
  readMailAccount,
  reservedFor,
} from './account.ts';
import type { Ask } from './aws-request.ts';
import { answersOf } from './doctor/calls.ts';

export interface Finding {
  /** `unknown`: AWS did not say, since it is not permitted or there is no such service here. */
  readonly state: 'fine' | 'wrong' | 'unknown';
  readonly says: string;
}

interface Asked {
  readonly settings: StageSettings;
  readonly ask: Ask;
  readonly aws: Aws;
  /** Whether the stage's stack is there already. */
  readonly stands: boolean;
}

/** Each asks AWS one thing; none changes anything. */
export async function preflight(given: Omit<Asked, 'aws'>): Promise<Finding[]> {
  const asked = { ...given, aws: answersOf(given.ask) };
  const checks: readonly (readonly [what: string, check: (asked: Asked) => Promise<Finding | undefined>])[] = [
    ['how many functions may run at once', concurrency],
    ['whether SES is in the sandbox', sandbox],
    ['whether the sender is verified', sender],
    ['whether names are free', names],
  ];
  const found = await Promise.all(
    checks.map(([what, check]) =>
      check(asked).catch((error: Error): Finding => ({ state: 'unknown', says: `${what}: ${error.name || error}` })),
    ),
  );
  return found.filter((finding) => finding !== undefined);
}

async function concurrency({ settings, aws, stands }: Asked): Promise<Finding | undefined> {
  if (!settings.deployment.reserveConcurrency) return undefined;
  const { ConcurrentExecutions: most, UnreservedConcurrentExecutions: unreserved } = await readConcurrency(aws);
  const reserving = withThrottles(functions, settings.deployment.throttles).filter(
    (spec) => spec.concurrency !== undefined,
  );
  const more = await Promise.all(
    reserving.map(async ({ name, concurrency: wanted = 0 }) =>
      Math.max(0, wanted - (stands ? ((await reservedFor(aws, nameOnAws(settings.stage, name))) ?? 0) : 0)),
    ),
  );
  const needed = more.reduce((sum, one) => sum + one, KEPT_BY_LAMBDA);
  if (unreserved >= needed)
    return { state: 'fine', says: `Lambda: ${unreserved} of ${most} executions are unreserved` };
  return {
    state: 'wrong',
    says:
      `Lambda: ${unreserved} of ${most} concurrent executions are unreserved, and this deployment needs ${needed}: it ` +
      `reserves ${needed - KEPT_BY_LAMBDA}, and ${KEPT_BY_LAMBDA} must stay. Request ${most + needed - unreserved} ` +
      '(Service Quotas, AWS Lambda, Concurrent executions), reserve less (deployment.throttles), or set ' +
      'deployment.reserveConcurrency to false',
  };
}

/** Source: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html */
async function sandbox({ aws }: Asked): Promise<Finding> {
  const account = await readMailAccount(aws);
  if (!account.SendingEnabled) {
    return { state: 'wrong', says: `SES: sending is stopped for this account (${account.EnforcementStatus})` };
  }
  return account.ProductionAccessEnabled
    ? { state: 'fine', says: 'SES: production access' }
    : {
        state: 'wrong',
        says: 'SES: the account is in the sandbox and sends to verified addresses only: request production access',
      };
}

async function sender({ settings, aws }: Asked): Promise<Finding> {
  const verified = (await readIdentities(aws, settings)).find((identity) => identity.VerifiedForSendingStatus);
  if (verified) return { state: 'fine', says: `SES: ${verified.name} is verified` };
  const { sender: address } = settings.service.mail;
  return {
    state: 'wrong',
    says:
      `SES: neither ${address} nor its domain is verified: ` +
      `aws sesv2 create-email-identity --email-identity ${domainOf(address)}`,
  };
}

/** Logs outlive a stage that retains its data, and CloudFormation makes none of a name that is taken. */
async function names({ settings: { stage }, ask, stands }: Asked): Promise<Finding | undefined> {
  if (stands) return undefined;
  const wanted = new Set(functions.map(({ name }) => logGroupName(stage, name)));
  const taken: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await ask({
      service: 'logs',
      headers: { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ logGroupNamePrefix: logGroupName(stage, ''), nextToken }),
    });
    const page: { logGroups?: { logGroupName: string }[]; nextToken?: string } = JSON.parse(answer);
    taken.push(...(page.logGroups ?? []).map((group) => group.logGroupName).filter((name) => wanted.has(name)));
    nextToken = page.nextToken;
  } while (nextToken);
  if (taken.length === 0) return { state: 'fine', says: 'CloudWatch Logs: the names are free' };
  return {
    state: 'wrong',
    says: `CloudWatch Logs: ${taken.length} log groups of an earlier ${stage} are there, such as ${taken[0]}: delete them`,
  };
}
