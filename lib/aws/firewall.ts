/**
 * AWS WAF for the edge, in a stack of its own: CloudFront takes a web ACL from us-east-1 only, wherever the service is.
 *
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html
 */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';

export const FIREWALL_REGION = 'us-east-1';

/** Rules that look into bodies for what looks like an attack: a good password may. Counted, not blocked. */
const OF_BODIES = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
];
/** Services call too, and not all say who they are. */
const OF_MACHINES = ['NoUserAgent_HEADER'];

const managed: readonly (readonly [name: string, counted: readonly string[]])[] = [
  ['AWSManagedRulesAmazonIpReputationList', []],
  ['AWSManagedRulesKnownBadInputsRuleSet', []],
  ['AWSManagedRulesCommonRuleSet', [...OF_BODIES, ...OF_MACHINES]],
];

export class FirewallStack extends Stack {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { readonly settings: StageSettings }) {
    super(scope, id, props);
    const { stage, deployment } = settings;
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: `identity-${stage}`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible(`identity-${stage}`),
      rules: [
        perIp(deployment.edge?.requestsPerIp ?? 0),
        ...managed.map(([name, counted], index) => group(name, index + 1, counted)),
      ],
    });
    this.webAclArn = acl.attrArn;
    const logs = new LogGroup(this, 'Logs', {
      // WAF takes no other beginning of the name.
      logGroupName: `aws-waf-logs-identity-${stage}`,
      retention: deployment.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [logs.logGroupArn],
      // The query of a mailed link holds its token, the header the access token (S36).
      redactedFields: [
        { queryString: {} },
        { singleHeader: { Name: 'authorization' } },
        { singleHeader: { Name: 'cookie' } },
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          { Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] },
        ],
      },
    });
  }
}

function perIp(limit: number): CfnWebACL.RuleProperty {
  return {
    name: 'per-ip',
    priority: 0,
    statement: { rateBasedStatement: { limit, evaluationWindowSec: 300, aggregateKeyType: 'IP' } },
    action: {
      block: { customResponse: { responseCode: 429, responseHeaders: [{ name: 'retry-after', value: '300' }] } },
    },
    visibilityConfig: visible('per-ip'),
  };
}

function group(name: string, priority: number, counted: readonly string[]): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    overrideAction: { none: {} },
    visibilityConfig: visible(name),
  };
}

/** Without sampled requests: they would show headers and queries in the console. */
const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
