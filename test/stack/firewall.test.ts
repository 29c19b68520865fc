/** AWS WAF before the edge of production. */
import { describe, expect, it } from 'vitest';
import { costBasis } from '../../bin/cost/basis.ts';
import { idle } from '../../lib/aws/cost.ts';
import { HASHING } from '../../lib/service/routes/route.ts';
import { routes } from '../../lib/service/routes.ts';
import { prod, resources, synthesize } from './synthesized.ts';

const { template, firewall } = synthesize(prod);
if (!firewall) throw new Error('production has no firewall');
const only = (type: string, of = template) => {
  const found = resources(of, type);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
};

describe('the firewall', () => {
  const acl = only('AWS::WAFv2::WebACL', firewall);
  const ruleOf = (name: string, of = acl) => of.Rules.find(({ Name }: { Name: string }) => Name === name);

  it('limits each IP, and has AWS’s rules for known bad addresses and requests', () => {
    expect(acl).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
    expect(acl.Rules.map(({ Name }: { Name: string }) => Name)).toEqual([
      'per-ip',
      'sign-in-per-ip',
      'registration-per-ip',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'unusual-query',
    ]);
    expect(acl.Rules[0].Statement.RateBasedStatement).toEqual({
      AggregateKeyType: 'IP',
      EvaluationWindowSec: 300,
      Limit: 3_000,
    });
  });

  it.each([
    [
      'sign-in-per-ip',
      [
        '/v1/auth/login',
        '/v1/auth/email-code',
        '/sign-in',
        '/v1/auth/verify-email',
        '/verify-email',
        '/v1/auth/reset-password',
        '/reset-password',
        '/v1/auth/reset-factors',
        '/reset-factors',
        '/account/confirm',
        '/account/password',
        '/account/delete',
      ],
      100,
      60,
    ],
    ['registration-per-ip', ['/v1/auth/register', '/sign-up'], 50, 600],
  ])('S9: keeps one IP from using up what all share: %s', (name, paths, Limit, EvaluationWindowSec) => {
    const { Statement, Action } = ruleOf(name);
    const { ScopeDownStatement, ...rate } = Statement.RateBasedStatement;
    expect(rate).toEqual({ AggregateKeyType: 'IP', Limit, EvaluationWindowSec });
    const [method, { OrStatement }] = ScopeDownStatement.AndStatement.Statements;
    expect(method.ByteMatchStatement.SearchString).toBe('POST');
    const keys = resources(template, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    expect(keys).toEqual(expect.arrayContaining(paths.map((path) => `POST ${path}`)));
    // Written otherwise, it is the same path to API Gateway.
    expect(OrStatement.Statements).toMatchObject(
      paths.map((SearchString) => ({
        ByteMatchStatement: {
          SearchString,
          PositionalConstraint: 'STARTS_WITH',
          TextTransformations: [{ Type: 'URL_DECODE' }, { Type: 'NORMALIZE_PATH' }],
        },
      })),
    );
    expect(Action.Block.CustomResponse).toEqual({
      ResponseCode: 429,
      ResponseHeaders: [{ Name: 'retry-after', Value: String(EvaluationWindowSec) }],
    });
  });

  it('S9: counts in one of the two whatever anyone may send that costs a hash', () => {
    const text = ['sign-in-per-ip', 'registration-per-ip'].map((name) => JSON.stringify(ruleOf(name))).join();
    const hashing = routes.filter(
      ({ method, auth, memory }) => method === 'POST' && auth === 'none' && memory === HASHING,
    );
    expect(hashing.length).toBeGreaterThan(4);
    for (const { path } of hashing) expect(text).toContain(`"SearchString":"${path}"`);
  });

  it('S9: has limits of their own for networks that many people share', () => {
    const sharedNetworks = [
      { times: 20, cidrs: ['203.0.113.7/32', '2001:db8:17::/48'] },
      { times: 'unlimited' as const, cidrs: ['198.51.100.0/24'] },
    ];
    const shared = synthesize({ ...prod, service: { ...prod.service, sharedNetworks } }).firewall;
    const sets = resources(shared ?? template, 'AWS::WAFv2::IPSet').map(({ id, Properties }) => ({
      id,
      ...Properties,
    }));
    expect(sets).toMatchObject([
      { Addresses: ['203.0.113.7/32'], IPAddressVersion: 'IPV4', Scope: 'CLOUDFRONT' },
      { Addresses: ['2001:db8:17::/48'], IPAddressVersion: 'IPV6' },
      { Addresses: ['198.51.100.0/24'], IPAddressVersion: 'IPV4' },
    ]);
    const [four, six, partner] = sets.map(({ id }) => ({ IPSetReferenceStatement: { Arn: `<${id}.Arn>` } }));
    const school = { OrStatement: { Statements: [four, six] } };
    const others = [{ NotStatement: { Statement: school } }, { NotStatement: { Statement: partner } }];
    const of = only('AWS::WAFv2::WebACL', shared);
    const scopeOf = (name: string) => ruleOf(name, of).Statement.RateBasedStatement.ScopeDownStatement;
    expect(scopeOf('per-ip')).toEqual({ AndStatement: { Statements: others } });
    expect(scopeOf('sign-in-per-ip').AndStatement.Statements.slice(2)).toEqual(others);
    expect(scopeOf('registration-per-ip').AndStatement.Statements.slice(2)).toEqual(others);
    expect(ruleOf('shared-0-per-ip', of).Statement.RateBasedStatement).toMatchObject({
      Limit: 60_000,
      ScopeDownStatement: school,
    });
    expect(ruleOf('shared-1-per-ip', of)).toBeUndefined();
    expect(of.Rules.map(({ Priority }: { Priority: number }) => Priority)).toEqual(
      of.Rules.map((_: unknown, n: number) => n),
    );
  });

  it('has as many rules as the cost page counts, and production as many alarms', () => {
    const parts = Object.keys(idle(costBasis().prod)).join();
    expect(parts).toContain(`AWS WAF, ${acl.Rules.length} rules`);
    expect(parts).toContain(`alarms, ${resources(template, 'AWS::CloudWatch::Alarm').length} of them`);
  });

  it('blocks no password because of its content', () => {
    const common = ruleOf('AWSManagedRulesCommonRuleSet').Statement.ManagedRuleGroupStatement.RuleActionOverrides;
    expect(common).toContainEqual({ Name: 'CrossSiteScripting_BODY', ActionToUse: { Count: {} } });
  });

  it('lets long queries and addresses of loopback pass where clients send them, and nowhere else', () => {
    const { RuleActionOverrides } = ruleOf('AWSManagedRulesCommonRuleSet').Statement.ManagedRuleGroupStatement;
    for (const Name of ['SizeRestrictions_QUERYSTRING', 'GenericRFI_QUERYARGUMENTS']) {
      expect(RuleActionOverrides).toContainEqual({ Name, ActionToUse: { Count: {} } });
    }
    const { Statement, Action, Priority } = ruleOf('unusual-query');
    const [labels, elsewhere] = Statement.AndStatement.Statements;
    // As AWS spells them, which is not as it spells the rules; a misspelt one would block nothing.
    expect(JSON.stringify(labels)).toMatch(/core-rule-set:SizeRestrictions_QueryString.*:GenericRFI_QueryArguments/);
    const paths = elsewhere.NotStatement.Statement.OrStatement.Statements.map(
      ({ ByteMatchStatement }: { ByteMatchStatement: { SearchString: string } }) => ByteMatchStatement.SearchString,
    );
    expect(paths).toContain('/oauth/');
    expect(paths).not.toContain('/');
    expect(Action).toEqual({ Block: {} });
    expect(Priority).toBeGreaterThan(ruleOf('AWSManagedRulesCommonRuleSet').Priority);
  });

  it('S36: logs what it blocks, without tokens', () => {
    const { RedactedFields, LoggingFilter } = only('AWS::WAFv2::LoggingConfiguration', firewall);
    expect(JSON.stringify(RedactedFields).toLowerCase()).toMatch(/querystring.*authorization/);
    expect(LoggingFilter).toMatchObject({ DefaultBehavior: 'DROP' });
    expect(only('AWS::Logs::LogGroup', firewall).RetentionInDays).toBe(90);
  });

  it('logs under a key of its own region, where one is named', () => {
    const logKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-1a2b-4c4d-8e8f-1a2b3c4d5e6f';
    const edge = { withoutDomain: true, logKeyArn };
    const of = synthesize({ ...prod, deployment: { ...prod.deployment, edge } }).firewall;
    expect(only('AWS::Logs::LogGroup', of).KmsKeyId).toBe(logKeyArn);
    expect(only('AWS::Logs::LogGroup', firewall).KmsKeyId).toBeUndefined();
    const abroad = { ...edge, logKeyArn: logKeyArn.replace('us-east-1', 'eu-north-1') };
    expect(() => synthesize({ ...prod, deployment: { ...prod.deployment, edge: abroad } })).toThrow(
      'deployment.edge.logKeyArn: must be the ARN of a KMS key in us-east-1',
    );
  });

  it('gives way to a web ACL that the settings name', () => {
    const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/school/1a2b3c4d';
    const edge = { withoutDomain: true, webAclArn };
    const { template: given, ...stage } = synthesize({ ...prod, deployment: { ...prod.deployment, edge } });
    expect(stage.firewall).toBeUndefined();
    expect(only('AWS::CloudFront::Distribution', given).DistributionConfig.WebACLId).toBe(webAclArn);
  });
});
