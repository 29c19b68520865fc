import { describe, expect, it } from 'vitest';
import { judgeFunctions, judgeSettings, judgeStopped, judgeThrottles } from '../../../lib/operator/doctor/deployed.ts';
import {
  judgeCertificate,
  judgeDiscovery,
  judgePublished,
  judgeVersion,
} from '../../../lib/operator/doctor/documents.ts';
import { judgeCertificates, judgeDistribution, judgeFirewall } from '../../../lib/operator/doctor/edge.ts';
import { judgeProtection, judgeStatus } from '../../../lib/operator/doctor/stack.ts';
import { parseSettings, settingsJson } from '../../../lib/service/config.ts';
import { functions } from '../../../lib/service/functions.ts';
import { ago, expectVerdict, iso, judged, seconds } from './judging.ts';

const prod = judged();
const dev = judged({ deployment: {} });

describe('the stack', () => {
  it.each([
    ['UPDATE_COMPLETE', 'ok'],
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warning'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'warning'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
    ['ROLLBACK_COMPLETE', 'fault'],
    ['UPDATE_ROLLBACK_FAILED', 'fault'],
    ['DELETE_FAILED', 'fault'],
    ['DELETE_IN_PROGRESS', 'fault'],
    ['REVIEW_IN_PROGRESS', 'fault'],
  ] as const)('that is %s', (StackStatus, state) => {
    const stack = { StackStatus, CreationTime: iso(9), LastUpdatedTime: iso(2) };
    expectVerdict(judgeStatus('identity-prod', stack, prod), state, /since 2026-11-25 03:00 UTC$/);
  });

  it('is protected, where it keeps data', () => {
    const stack = { StackStatus: 'CREATE_COMPLETE', CreationTime: iso(9) };
    expectVerdict(judgeProtection({ ...stack, EnableTerminationProtection: 'true' }, prod), 'ok');
    expectVerdict(judgeProtection({ ...stack, EnableTerminationProtection: 'false' }, prod), 'warning');
    expectVerdict(judgeProtection(stack, dev), undefined);
  });
});

describe('what is deployed', () => {
  const SETTINGS = settingsJson(prod.settings.service);
  const all = functions.map(({ name }) => ({
    FunctionName: `identity-prod-${name}`,
    Environment: { Variables: { STAGE: 'prod', SETTINGS } },
  }));

  it('is what this checkout has', () => {
    expectVerdict(judgeFunctions(all, prod), 'ok');
    expectVerdict(
      judgeFunctions(
        all.filter(({ FunctionName }) => !FunctionName.endsWith('-sweep')),
        prod,
      ),
      'fault',
      /1 function .*: identity-prod-sweep$/,
    );
    expectVerdict(
      judgeFunctions([...all, { FunctionName: 'identity-prod-old' }], prod),
      'warning',
      /identity-prod-old$/,
    );
  });

  it('has the settings of cdk.json', () => {
    expectVerdict(judgeSettings(all, prod), 'ok');
    // Parsed once more, a part has its fields in another order.
    expectVerdict(judgeSettings(all, { ...prod, settings: parseSettings(prod.settings) }), 'ok');
    const other = judged({ service: { mail: { sender: 'a@b.example' }, accessTokenSeconds: 600 } });
    expectVerdict(judgeSettings(all, other), 'warning', /: accessTokenSeconds, mail$/);
  });

  it('is not stopped by hand', () => {
    expectVerdict(judgeStopped([], prod), 'ok');
    expectVerdict(judgeStopped(['relay-outbox', 'sweep'], prod), 'fault', /: relay-outbox, sweep$/);
    // A reservation is given back, and does not end with the stop.
    const reserving = judged({ deployment: { reserveConcurrency: true } });
    const { mend } = judgeStopped(['relay-outbox', 'sweep'], reserving);
    expect(mend).toMatch(
      /put-function-concurrency --reserved-concurrent-executions \d+ --function-name \S+-relay-outbox; aws lambda delete-function-concurrency --function-name \S+-sweep;/,
    );
    const open = { throttlingRateLimit: 20, throttlingBurstLimit: 40 };
    const closed = { throttlingRateLimit: 0, throttlingBurstLimit: 0 };
    expectVerdict(judgeThrottles({ routeSettings: { 'GET /a': open } }), 'ok');
    expectVerdict(judgeThrottles({ routeSettings: { 'GET /a': open, 'GET /b': closed } }), 'fault', /GET \/b/);
    expectVerdict(judgeThrottles({ defaultRouteSettings: closed }), 'fault', /every route/);
  });
});

describe('what callers reach', () => {
  const issuer = 'https://id.school.example';
  const answer = (status: number, body: object = {}) => ({ issuer, status, body: JSON.stringify(body) });
  const keys = (...kids: string[]) => answer(200, { keys: kids.map((kid) => ({ kid })) });
  const kms = { keys: [], kids: ['a', 'b'], active: 'a' };

  it('names itself as it is called', () => {
    expectVerdict(
      judgeDiscovery({ issuer, status: 0, body: 'getaddrinfo ENOTFOUND' }),
      'fault',
      /cannot be reached: getaddr/,
    );
    const off = judgeDiscovery({ issuer: 'http://localhost:3999', status: 0, body: 'connect ECONNREFUSED' });
    expect(off).toMatchObject({ mend: 'npm start runs it; give the doctor its PORT' });
    expectVerdict(judgeDiscovery(answer(200, { issuer })), 'ok');
    expectVerdict(judgeDiscovery(answer(503)), 'fault', /503/);
    expectVerdict(judgeDiscovery(answer(200, { issuer: 'https://other.example' })), 'fault', /other\.example/);
    expectVerdict(judgeDiscovery({ issuer, status: 200, body: '<html>' }), 'fault', /undefined/);
  });

  it('publishes the keys that are in KMS', () => {
    expectVerdict(judgePublished(keys('b', 'a'), kms, prod), 'ok');
    expectVerdict(judgePublished(keys('b'), kms, prod), 'fault', /that signs is not/);
    expectVerdict(judgePublished(keys('a'), kms, prod), 'warning', /not published yet: b/);
    expectVerdict(judgePublished(keys('a', 'b', 'c'), kms, prod), 'warning', /does not have in use: c/);
    expectVerdict(judgePublished(answer(500), kms, prod), 'fault');
    const none = { keys: [], kids: [], active: undefined };
    expectVerdict(judgePublished(keys(), none, prod), 'fault', /publishes no key/);
  });

  it('is the version of this checkout', () => {
    expectVerdict(judgeVersion(answer(200, { version: '0.1.0' }), prod), 'ok');
    expectVerdict(judgeVersion(answer(200, { version: '0.0.9' }), prod), 'warning', /0\.0\.9 serves/);
    expectVerdict(judgeVersion(answer(502), prod), 'fault');
  });

  it.each([
    [-90, 'ok'],
    [-44, 'warning'],
    [-13, 'fault'],
    [1, 'fault'],
  ] as const)('has a certificate that ends %i days ago', (days, state) => {
    expectVerdict(judgeCertificate({ host: 'id.school.example', end: ago(days) }, prod), state, /id\.school\.example/);
  });

  it('has certificates that ACM renews', () => {
    const certificate = { DomainName: 'id.school.example', Status: 'ISSUED', NotAfter: seconds(-200) };
    expectVerdict(judgeCertificates([]), undefined);
    expectVerdict(judgeCertificates([certificate]), 'ok', /until 2027/);
    expectVerdict(judgeCertificates([{ ...certificate, Status: 'EXPIRED' }]), 'fault', /EXPIRED/);
    expectVerdict(
      judgeCertificates([{ ...certificate, RenewalSummary: { RenewalStatus: 'PENDING_VALIDATION' } }]),
      'warning',
    );
    expectVerdict(judgeCertificates([{ ...certificate, RenewalEligibility: 'INELIGIBLE' }]), 'warning');
  });

  it('has a firewall’s stack where it has an edge', () => {
    expectVerdict(judgeFirewall(undefined, prod), undefined);
    expectVerdict(judgeFirewall(null, prod), 'fault', /no stack identity-prod-firewall/);
    expectVerdict(judgeFirewall({ StackStatus: 'CREATE_COMPLETE', CreationTime: iso(9) }, prod), 'ok');
  });

  it('comes by the edge and its firewall', () => {
    const name = 'id.school.example';
    const domain = { name, certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' };
    const own = judged({ deployment: { edge: { domain } } });
    const distribution = {
      DomainName: 'd1.cloudfront.net',
      Status: 'Deployed',
      Enabled: 'true',
      WebACLId: 'arn:aws:wafv2:…',
      Aliases: { Items: { CNAME: name } },
    };
    expectVerdict(judgeDistribution(undefined, own), undefined);
    expectVerdict(judgeDistribution(distribution, own), 'ok');
    expectVerdict(judgeDistribution({ ...distribution, WebACLId: '' }, own), 'fault', /no firewall/);
    expectVerdict(judgeDistribution({ ...distribution, Enabled: 'false' }, own), 'fault', /switched off/);
    expectVerdict(judgeDistribution({ ...distribution, Aliases: { Items: '' } }, own), 'fault', /does not know/);
    expectVerdict(judgeDistribution({ ...distribution, Status: 'InProgress' }, own), 'warning');
  });
});
