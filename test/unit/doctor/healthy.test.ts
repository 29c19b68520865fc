/** A whole look at a healthy `prod`, and then at one with a single answer of AWS's that is not as it should be. */
import { describe, expect, it } from 'vitest';
import { toJwk } from '../../../functions/aws/public-keys.ts';
import { AwsRefusal, type AwsRequest } from '../../../lib/operator/aws-request.ts';
import { examine, type Finding } from '../../../lib/operator/doctor/examine.ts';
import { parseSettings } from '../../../lib/service/config.ts';
import { figuresFor, healthyAnswers, PUBLIC_KEY } from './aws-answers.ts';
import { ago, iso, NOW } from './judging.ts';

const name = 'id.school.example';
const settings = parseSettings({
  stage: 'prod',
  service: { mail: { sender: 'no-reply@school.example' }, requireVerifiedEmail: true },
  deployment: {
    retainData: true,
    alarms: { on: true, emails: ['a@school.example'] },
    reserveConcurrency: true,
    edge: { domain: { name, certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' } },
    database: { minCapacity: 0.5, maxCapacity: 16, reader: true, backupDays: 14 },
  },
});
const issuer = `https://${name}`;
const documents: Record<string, object> = {
  [`${issuer}/.well-known/openid-configuration`]: { issuer },
  [`${issuer}/.well-known/jwks.json`]: { keys: [toJwk(PUBLIC_KEY)] },
  [`${issuer}/healthz`]: { version: '0.1.0' },
};

/** @param change what AWS answers otherwise, by operation or path */
async function look(change: Record<string, string | object | (() => string)> = {}): Promise<Finding[]> {
  const answers: typeof change = { ...healthyAnswers(settings), ...change };
  return examine({
    settings,
    now: NOW,
    async ask({ headers, body = '', path = '' }: AwsRequest) {
      const operation = headers?.['x-amz-target']?.split('.').at(-1) ?? new URLSearchParams(body).get('Action');
      if (operation === 'GetMetricData') return figuresFor(body);
      const answer = answers[operation ?? path.replace(/\?.*/, '')];
      if (typeof answer === 'function') return answer();
      if (answer !== undefined) return typeof answer === 'string' ? answer : JSON.stringify(answer);
      if (path.endsWith('/concurrency')) return '{}';
      throw new AwsRefusal('NotFoundException', '', 404);
    },
    // Statements are tried on a real one: test/service/doctor-command.test.ts.
    database: () => Promise.reject(new Error('none here')),
    get: async (url) => ({ status: 200, body: JSON.stringify(documents[url]) }),
    certificateEnd: async () => ago(-300),
    patience: 5_000,
  });
}

/** What is not ok, of all but the database. */
const wrong = (findings: readonly Finding[]) =>
  findings
    .filter(({ state, means }) => state !== 'ok' && !means?.startsWith('The database: '))
    .map(({ check, state, seen }) => `${state} ${check}: ${seen}`);

it('nothing is wrong with a healthy stage, and everything was seen', async () => {
  const findings = await look();
  expect(wrong(findings)).toEqual([]);
  expect(findings.filter(({ state }) => state === 'ok').length).toBeGreaterThan(40);
});

const result = (action: string, inner: string) => `<R><${action}Result>${inner}</${action}Result></R>`;

describe('it names', () => {
  it('maintenance that AWS plans', async () => {
    const action = `<PendingMaintenanceActions><ResourcePendingMaintenanceActions>
      <ResourceIdentifier>arn:aws:rds:eu-north-1:111122223333:cluster:identity-prod</ResourceIdentifier>
      <PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>os-upgrade</Action>
      <ForcedApplyDate>${iso(-3)}</ForcedApplyDate></PendingMaintenanceAction></PendingMaintenanceActionDetails>
      </ResourcePendingMaintenanceActions></PendingMaintenanceActions>`;
    const name = 'DescribePendingMaintenanceActions';
    expect(wrong(await look({ [name]: result(name, action) }))).toEqual([
      'warning maintenance: AWS has maintenance pending: os-upgrade on 2026-11-30',
    ]);
  });

  it('a receiver of alarms that has not confirmed', async () => {
    const waiting = `<Subscriptions><member><SubscriptionArn>PendingConfirmation</SubscriptionArn><Protocol>email</Protocol>
      <Endpoint>a@school.example</Endpoint></member></Subscriptions>`;
    const name = 'ListSubscriptionsByTopic';
    expect(wrong(await look({ [name]: result(name, waiting) }))).toEqual([
      'fault alarm-receivers: No receiver of alarms has confirmed: a@school.example',
    ]);
  });

  it('a cluster that is gone', async () => {
    const name = 'DescribeDBClusters';
    expect(wrong(await look({ [name]: result(name, '<DBClusters/>') }))).toEqual([
      'fault cluster: There is no cluster identity-prod in this account and region',
    ]);
  });

  it('an edge that has lost its firewall, among others', async () => {
    const other = '<DistributionSummary><DomainName>d0.cloudfront.net</DomainName></DistributionSummary>';
    const ours = `<DistributionSummary><DomainName>d1.cloudfront.net</DomainName><Enabled>true</Enabled>
      <Status>Deployed</Status><WebACLId></WebACLId></DistributionSummary>`;
    const answer = `<DistributionList><Items>${other}${ours}</Items></DistributionList>`;
    expect(wrong(await look({ '/2020-05-31/distribution': answer }))).toEqual([
      'fault edge: The edge d1.cloudfront.net has no firewall',
    ]);
  });

  it('what is on a later page', async () => {
    const { ListAliases } = healthyAnswers(settings);
    const first = { Aliases: [], Truncated: true, NextMarker: 'm' };
    const pages = [first, ListAliases].map((page) => JSON.stringify(page));
    expect(wrong(await look({ ListAliases: () => pages.shift() ?? '' }))).toEqual([]);
  });
});
