/**
 * What would make a deployment fail midway, or make a stage that does not work, found out before anything is made. A custom
 * resource would come too late: it is made itself, after the names and the database.
 */
import { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { logGroupName } from '../aws/names.ts';
import type { StageSettings } from '../service/config.ts';
import { functions } from '../service/functions.ts';
import { withThrottles } from '../service/throttles.ts';
import type { Ask } from './aws-request.ts';

export interface Finding {
  /** `unknown`: AWS did not say, since it is not permitted or there is no such service here. */
  readonly state: 'fine' | 'wrong' | 'unknown';
  readonly says: string;
}

interface Asked {
  readonly settings: StageSettings;
  readonly ask: Ask;
  /** Whether the stage's stack is there already. */
  readonly stands: boolean;
}

/** AWS keeps so many for functions that reserve nothing: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const KEPT_BY_LAMBDA = 100;

/** Each asks AWS one thing; none changes anything. */
export async function preflight(asked: Asked): Promise<Finding[]> {
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

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
async function concurrency({ settings, ask, stands }: Asked): Promise<Finding | undefined> {
  if (!settings.deployment.reserveConcurrency) return undefined;
  const { AccountLimit } = JSON.parse(
    await ask({ service: 'lambda', method: 'GET', path: '/2016-08-19/account-settings' }),
  );
  const { ConcurrentExecutions: most, UnreservedConcurrentExecutions: unreserved } = AccountLimit;
  const reserving = withThrottles(functions, settings.deployment.throttles).filter(
    (spec) => spec.concurrency !== undefined,
  );
  const more = await Promise.all(
    reserving.map(async ({ name, concurrency: wanted = 0 }) =>
      Math.max(0, wanted - (stands ? await reservedFor(`identity-${settings.stage}-${name}`, ask) : 0)),
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

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
async function reservedFor(name: string, ask: Ask): Promise<number> {
  try {
    const path = `/2019-09-30/functions/${name}/concurrency`;
    return (
      JSON.parse((await ask({ service: 'lambda', method: 'GET', path })) || '{}').ReservedConcurrentExecutions ?? 0
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 0;
    throw error;
  }
}

/** Source: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html */
async function sandbox(): Promise<Finding> {
  const account = await new SESv2Client({}).send(new GetAccountCommand({}));
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

/** A verified domain covers its subdomains: https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html */
async function sender({ settings }: Asked): Promise<Finding> {
  const address = settings.service.mail.sender;
  const [, domain = ''] = address.split('@');
  const labels = domain.split('.');
  const identities = [address, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
  const client = new SESv2Client({});
  for (const EmailIdentity of identities) {
    if (await isVerified(client, EmailIdentity)) return { state: 'fine', says: `SES: ${EmailIdentity} is verified` };
  }
  return {
    state: 'wrong',
    says: `SES: neither ${address} nor its domain is verified: aws sesv2 create-email-identity --email-identity ${domain}`,
  };
}

async function isVerified(client: SESv2Client, EmailIdentity: string): Promise<boolean> {
  try {
    const { VerifiedForSendingStatus } = await client.send(new GetEmailIdentityCommand({ EmailIdentity }));
    return VerifiedForSendingStatus === true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return false;
    throw error;
  }
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
