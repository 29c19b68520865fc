/** A whole look at a stage, with an AWS that answers as a test says: what cannot be seen is unknown, and never ok. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AwsRefusal, type AwsRequest } from '../../../lib/operator/aws-request.ts';
import { examine, type Finding } from '../../../lib/operator/doctor/examine.ts';
import type { Means } from '../../../lib/operator/doctor/look.ts';
import { subjects } from '../../../lib/operator/doctor/subjects.ts';
import { parseSettings, type StageSettingsInput } from '../../../lib/service/config.ts';

const prod: StageSettingsInput = {
  stage: 'prod',
  service: { mail: { sender: 'no-reply@school.example' } },
  deployment: {
    retainData: true,
    alarms: { on: true, emails: ['a@school.example'] },
    edge: {
      domain: { name: 'id.school.example', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' },
      apiDomain: { name: 'api.school.example', certificateArn: 'arn:aws:acm:eu-north-1:111122223333:certificate/y' },
    },
  },
};

/** Of the operation, as the request names it. */
const nameOf = ({ headers, body = '', path = '' }: AwsRequest) =>
  headers?.['x-amz-target']?.split('.').at(-1) ?? new URLSearchParams(body).get('Action') ?? path;

const refusal = (name: string, message = '', status = 400) => new AwsRefusal(name, message, status);
const denied = () => Promise.reject(refusal('AccessDeniedException', 'not authorized', 403));

function means(ask: (request: AwsRequest) => Promise<string>, change: Partial<Means> = {}): Means {
  return {
    settings: parseSettings(prod),
    now: new Date('2026-11-27T03:00:00Z'),
    ask,
    database: denied,
    get: () => Promise.reject(new Error('connect ETIMEDOUT')),
    certificateEnd: () => Promise.reject(new Error('connect ETIMEDOUT')),
    patience: 5_000,
    ...change,
  };
}

const stackAnswer = `<R><DescribeStacksResult><Stacks><member><StackStatus>UPDATE_COMPLETE</StackStatus>
  <CreationTime>2026-11-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></R>`;

afterEach(() => void vi.useRealTimers());

const by = (findings: readonly Finding[], check: string) => findings.find((finding) => finding.check === check);

/** They need no permission: they are about cdk.json. */
const ofSettings = ({ subject }: Finding) => subject === 'Settings';

describe('a caller who may do nothing', () => {
  it('knows nothing, and learns which actions are missing', async () => {
    const findings = (await examine(means(denied))).filter((finding) => !ofSettings(finding));
    expect(findings.length).toBeGreaterThan(40);
    // To ask the service itself needs no permission.
    expect(findings.filter(({ state }) => state !== 'unknown').map(({ seen }) => seen)).toEqual([
      'https://id.school.example cannot be reached: connect ETIMEDOUT',
    ]);
    expect(by(findings, 'signing-key')).toMatchObject({
      seen: 'Not known: which key signs',
      means: 'You may not call kms:ListAliases.',
      missing: ['kms:ListAliases'],
    });
    expect(by(findings, 'migrations')?.missing).toEqual([
      'rds-data:ExecuteStatement',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecrets',
    ]);
  });

  it.each(['AccessDenied', 'AuthorizationError', 'UnauthorizedOperation', 'AccessDeniedException'])(
    'is told so by %s as well',
    async (name) => {
      const findings = await examine(means(() => Promise.reject(refusal(name))));
      expect(by(findings, 'alarms')?.missing).toEqual(['cloudwatch:DescribeAlarms']);
    },
  );
});

it('an AWS without an operation, or that does not answer, makes no check ok', async () => {
  const failures = [
    refusal('UnknownOperationException'),
    new TypeError('fetch failed'),
    refusal('status 500', '', 500),
  ];
  for (const failure of failures) {
    const ask = async (request: AwsRequest) =>
      nameOf(request) === 'DescribeStacks' ? stackAnswer : Promise.reject(failure);
    const findings = (await examine(means(ask))).filter((finding) => !ofSettings(finding));
    const others = findings.filter(({ state }) => state !== 'unknown').map(({ check }) => check);
    expect(others).toEqual(['stack', 'stack-protection', 'discovery', 'firewall-stack']);
    expect(by(findings, 'mail-sending')?.means).toMatch(/^ses:GetAccount: /);
  }
});

it('an answer of somebody else, as of a proxy, makes no check ok', async () => {
  const page = '<html><body></body></html>';
  const ask = async (request: AwsRequest) => (nameOf(request) === 'DescribeStacks' ? stackAnswer : page);
  const findings = await examine(means(ask, { get: async () => ({ status: 200, body: page }) }));
  const fine = findings.filter((finding) => finding.state === 'ok' && !ofSettings(finding)).map(({ check }) => check);
  expect(fine).toEqual(['stack', 'firewall-stack']);
});

describe('nothing to look at ends the look', () => {
  it.each([
    [refusal('ValidationError', 'Stack with id identity-prod does not exist'), /^There is no stack identity-prod/],
    [refusal('ExpiredToken', 'The security token included in the request is expired'), /expired/],
    [new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND cloudformation') }), /ENOTFOUND/],
    [new Error('Could not load credentials from any providers'), /credentials/],
  ])('%s', async (failure, said) => {
    await expect(examine(means(() => Promise.reject(failure)))).rejects.toThrow(said);
  });
});

describe('AWS', () => {
  it('is asked again when it throttles', async () => {
    const tries = new Map<string, number>();
    const ask = async (request: AwsRequest) => {
      const name = nameOf(request);
      tries.set(name, (tries.get(name) ?? 0) + 1);
      if ((tries.get(name) ?? 0) < 3) throw refusal('Throttling', 'Rate exceeded');
      return name === 'DescribeStacks' ? stackAnswer : denied();
    };
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const looking = examine(means(ask));
    await vi.runAllTimersAsync();
    expect(by(await looking, 'stack')?.state).toBe('ok');
  });

  it('is read to its last page', async () => {
    const page = (cluster: string, marker = '') => `<R><DescribePendingMaintenanceActionsResult>
      <PendingMaintenanceActions><ResourcePendingMaintenanceActions><ResourceIdentifier>arn:aws:rds:eu-north-1:1:cluster:${cluster}</ResourceIdentifier>
      <PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>system-update</Action></PendingMaintenanceAction></PendingMaintenanceActionDetails>
      </ResourcePendingMaintenanceActions></PendingMaintenanceActions>${marker}</DescribePendingMaintenanceActionsResult></R>`;
    const answers: Record<string, string> = {
      DescribeStacks: stackAnswer,
      DescribeDBClusters: `<R><DescribeDBClustersResult><DBClusters><DBCluster><DBClusterIdentifier>identity-prod</DBClusterIdentifier>
        <Status>available</Status></DBCluster></DBClusters></DescribeDBClustersResult></R>`,
    };
    const ask = async (request: AwsRequest) => {
      if (nameOf(request) !== 'DescribePendingMaintenanceActions') return answers[nameOf(request)] ?? denied();
      return request.body?.includes('Marker=next') ? page('identity-prod') : page('another', '<Marker>next</Marker>');
    };
    expect(by(await examine(means(ask)), 'maintenance')?.seen).toBe('AWS has maintenance pending: system-update');
  });

  it('whose pages never end is left: the next one is a page that was read', async () => {
    const ask = async (request: AwsRequest) => {
      if (nameOf(request) === 'DescribeStacks') return stackAnswer;
      return nameOf(request) === 'ListAliases' ? '{"Aliases":[],"NextMarker":"again"}' : denied();
    };
    const findings = await examine(means(ask));
    expect(by(findings, 'signing-key')?.means).toBe('kms:ListAliases: the pages of the answer do not end');
  });

  it('is asked each thing once, and ten at a time', async () => {
    const asked: string[] = [];
    let [now, most] = [0, 0];
    const ask = async (request: AwsRequest) => {
      asked.push(JSON.stringify(request));
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return nameOf(request) === 'DescribeStacks' ? stackAnswer : '{}';
    };
    await examine(means(ask));
    expect(asked.length).toBeGreaterThan(20);
    expect(new Set(asked).size).toBe(asked.length);
    expect(most).toBe(10);
  });
});

it('on the local host, what it does not have is not here, and no fault', async () => {
  const ask = () => Promise.reject(refusal('UnknownOperationException'));
  const aliases = async (request: AwsRequest) => (nameOf(request) === 'ListAliases' ? '{"Aliases":[]}' : ask());
  const local = { settings: parseSettings({ stage: 'local' }), local: { issuer: 'http://localhost:3000' } };
  const findings = await examine(means(aliases, local));
  expect(by(findings, 'mail-sender')).toMatchObject({
    state: 'not-here',
    seen: 'Not on this machine: whether the sender is verified',
  });
  expect(by(findings, 'signing-key')?.state).toBe('fault');
});

it('each check has an id of its own', () => {
  const ids = Object.values(subjects).flatMap((checks) => checks.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});
