/** What `npm run deploy` asks AWS, and what it does then. AWS is a server here that answers as its documentation says. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRequests } from '../../lib/operator/aws-request.ts';
import { deployStage } from '../../lib/operator/deployment.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';
import { functions } from '../../lib/service/functions.ts';

interface Reply {
  readonly status?: number;
  readonly error?: string;
  readonly body?: object | string;
}

/** What each operation answers; what is not here answers that there is no such operation. */
let replies: Record<string, Reply>;
let server: Server;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const {
      status = 200,
      error,
      body = '',
    } = replies[await operationOf(request)] ?? { status: 404, error: 'UnknownOperation' };
    response.writeHead(error ? Math.max(400, status) : status, {
      'content-type': 'application/json',
      ...(error ? { 'x-amzn-errortype': `${error}:http://internal.amazon.com/` } : {}),
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

async function operationOf(request: IncomingMessage): Promise<string> {
  if (!/^AWS4-HMAC-SHA256 Credential=key\//.test(request.headers.authorization ?? '')) return 'not signed';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body).get('Action') ?? decodeURIComponent(request.url?.split('?')[0] ?? '');
}

const LIMITS = '/2016-08-19/account-settings';
const limits = (most: number, unreserved = most): Reply => ({
  body: { AccountLimit: { ConcurrentExecutions: most, UnreservedConcurrentExecutions: unreserved } },
});
const stack = (status: string): Reply => ({
  body: `<Stacks><member><StackStatus>${status}</StackStatus></member></Stacks>`,
});
const noStack: Reply = {
  status: 400,
  body: '<Error><Code>ValidationError</Code><Message>Stack with id identity-prod does not exist</Message></Error>',
  // In the query protocol no header names the fault.
};
const notFound: Reply = { error: 'NotFoundException', status: 404 };
const reserved = functions.reduce((sum, { concurrency = 0 }) => sum + concurrency, 0);

beforeEach(() => {
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  replies = {
    DescribeStacks: noStack,
    [LIMITS]: limits(1_000),
    '/v2/email/account': { body: { SendingEnabled: true, ProductionAccessEnabled: true } },
    '/v2/email/identities/no-reply@mail.school.example': notFound,
    '/v2/email/identities/mail.school.example': notFound,
    '/v2/email/identities/school.example': { body: { VerifiedForSendingStatus: true } },
    DescribeLogGroups: { body: { logGroups: [] } },
  };
});
afterEach(() => vi.unstubAllEnvs());

const prod: StageSettingsInput = {
  stage: 'prod',
  service: { mail: { sender: 'no-reply@mail.school.example' } },
  deployment: { retainData: true, reserveConcurrency: true },
};

async function deploy(settings: StageSettingsInput = prod, options: { anyway?: boolean; checkOnly?: boolean } = {}) {
  const said: string[] = [];
  const ran: string[] = [];
  const failure: unknown = await deployStage({
    settings: parseSettings(settings),
    ask: awsRequests(),
    cdk: async (args) => void ran.push(args.slice(2).join(' ')),
    say: (line) => said.push(line),
    ...options,
  }).catch((error: unknown) => error);
  return { said: said.join('\n'), ran, failure };
}

describe('a deployment', () => {
  it('of a new stage goes in two steps, of which the second protects it', async () => {
    const { said, ran, failure } = await deploy();
    expect(failure).toBeUndefined();
    expect(ran).toEqual(['-c stage=prod -c first=true', '-c stage=prod']);
    expect(said).toMatch(/^ok .*1000 of 1000.*\nok .*production access\nok .*school\.example is verified\nok .*free$/);
  });

  it.each(['ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS', 'ROLLBACK_FAILED'])(
    'after one that failed (%s) does too',
    async (status) => {
      replies.DescribeStacks = stack(status);
      expect((await deploy()).ran).toEqual(['-c stage=prod -c first=true', '-c stage=prod']);
    },
  );

  it.each(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
    'is refused while an earlier one goes on (%s): whether it is the first is not decided',
    async (status) => {
      replies.DescribeStacks = stack(status);
      const { ran, failure } = await deploy();
      expect(ran).toEqual([]);
      expect(String(failure)).toContain(`identity-prod is ${status}: wait`);
    },
  );

  it.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_IN_PROGRESS', 'DELETE_FAILED'])(
    'of a stage that stands, whatever its last deployment did (%s), takes no protection away',
    async (status) => {
      replies.DescribeStacks = stack(status);
      expect((await deploy()).ran).toEqual(['-c stage=prod']);
    },
  );

  it('of a stage that stands goes in one', async () => {
    replies.DescribeStacks = stack('UPDATE_ROLLBACK_COMPLETE');
    expect((await deploy()).ran).toEqual(['-c stage=prod']);
  });

  it('that fails at first is not protected', async () => {
    const ran: (readonly string[])[] = [];
    const cdk = async (args: readonly string[]) => {
      ran.push(args);
      throw new Error('cdk failed');
    };
    const settings = parseSettings(prod);
    await expect(deployStage({ settings, ask: awsRequests(), cdk, say: () => {} })).rejects.toThrow('cdk failed');
    expect(ran).toHaveLength(1);
  });

  it('of a stage that retains nothing and has no alarms goes in one, whatever SES says', async () => {
    delete replies['/v2/email/identities/school.example'];
    const { said, ran } = await deploy({ stage: 'dev' });
    expect(ran).toEqual(['-c stage=dev']);
    expect(said).toMatch(/^warning {2}could not find out whether the sender is verified/m);
  });

  it('can end after the checks', async () => {
    expect((await deploy(prod, { checkOnly: true })).ran).toEqual([]);
  });
});

describe('nothing is made', () => {
  const refused = async (said: RegExp) => {
    const { ran, failure, ...rest } = await deploy();
    expect(ran).toEqual([]);
    expect(String(failure)).toContain('Nothing was made');
    expect(rest.said).toMatch(said);
    expect((await deploy(prod, { anyway: true })).ran).toHaveLength(2);
  };

  it('in a new account, where ten functions run at once', async () => {
    replies[LIMITS] = limits(10);
    await refused(
      new RegExp(
        `^wrong .* 10 of 10 .* needs ${reserved + 100}: it reserves ${reserved}.* Request ${reserved + 100} `,
        'm',
      ),
    );
  });

  it('where others have reserved what is needed', async () => {
    replies[LIMITS] = limits(1_000, reserved + 99);
    await refused(/^wrong .*needs/m);
    replies[LIMITS] = limits(1_000, reserved + 100);
    expect((await deploy()).failure).toBeUndefined();
  });

  it('where the account is in SES’s sandbox', async () => {
    replies['/v2/email/account'] = { body: { SendingEnabled: true, ProductionAccessEnabled: false } };
    await refused(/^wrong .*sandbox/m);
  });

  it('where SES has stopped the account', async () => {
    replies['/v2/email/account'] = { body: { SendingEnabled: false, EnforcementStatus: 'SHUTDOWN' } };
    await refused(/^wrong .*stopped.*SHUTDOWN/m);
  });

  it('without a verified sender', async () => {
    replies['/v2/email/identities/school.example'] = notFound;
    await refused(/^wrong .*neither no-reply@mail\.school\.example nor its domain/m);
  });

  it('where the logs of an earlier stage of the name are still there', async () => {
    const logGroups = ['/aws/lambda/identity-prod-eu-x', '/aws/lambda/identity-prod-auth-login'];
    replies.DescribeLogGroups = { body: { logGroups: logGroups.map((logGroupName) => ({ logGroupName })) } };
    await refused(/^wrong .* 1 log groups of an earlier prod .*identity-prod-auth-login/m);
  });
});

describe('an update', () => {
  it('counts what the stage has reserved already', async () => {
    replies.DescribeStacks = stack('CREATE_COMPLETE');
    replies[LIMITS] = limits(1_000, 100);
    for (const { name, concurrency } of functions) {
      if (concurrency === undefined) continue;
      const path = `/2019-09-30/functions/identity-prod-${name}/concurrency`;
      replies[path] = { body: { ReservedConcurrentExecutions: concurrency } };
    }
    expect((await deploy()).failure).toBeUndefined();
    replies['/2019-09-30/functions/identity-prod-auth-login/concurrency'] = {
      error: 'ResourceNotFoundException',
      status: 404,
    };
    expect((await deploy()).said).toMatch(/^wrong .*needs 500/m);
    const throttles = { 'POST /v1/auth/login': { concurrency: 40 } };
    expect((await deploy({ ...prod, deployment: { ...prod.deployment, throttles } })).said).toMatch(/needs 140/);
  });
});

describe('what AWS does not say', () => {
  it.each([
    ['is not permitted', { error: 'AccessDeniedException', status: 403 }, 'AccessDeniedException'],
    ['does not exist here', { error: 'UnknownOperationException', status: 404 }, 'UnknownOperationException'],
  ] as const)('since it %s, is a warning', async (_why, reply, name) => {
    for (const operation of [LIMITS, '/v2/email/account', '/v2/email/identities/school.example', 'DescribeLogGroups']) {
      replies[operation] = reply;
    }
    for (const identity of ['no-reply@mail.school.example', 'mail.school.example']) {
      replies[`/v2/email/identities/${identity}`] = reply;
    }
    const { said, ran } = await deploy();
    expect(said.split('\n')).toHaveLength(4);
    for (const line of said.split('\n'))
      expect(line).toMatch(new RegExp(`^warning {2}could not find out .*: ${name}$`));
    expect(ran).toHaveLength(2);
  });
});
