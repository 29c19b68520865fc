/**
 * AWS WAF for the edge, in a stack of us-east-1: CloudFront takes a web ACL from nowhere else, wherever the service is.
 *
 * ```ts
 * const { webAclArn } = new IdentityFirewall(inUsEast1, 'Firewall', props);
 * ```
 *
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html
 */
import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageSettings, StageSettingsInput } from '../service/config.ts';
import { managedRules } from './firewall-managed.ts';
import { allOf, anyOf, type Rule, type Statement, to, visible } from './firewall-statements.ts';
import { parseProps } from './props.ts';
import { encryptionKey } from './retention.ts';

export const FIREWALL_REGION = 'us-east-1';

/** Those of the service, of which it takes `deployment.edge`, `deployment.logRetentionDays` and `service.sharedNetworks`. */
export type IdentityFirewallProps = StageSettingsInput;

export class IdentityFirewall extends Construct {
  /** For `deployment.edge.webAclArn` of the service. */
  readonly webAclArn: string;

  /** @throws Error naming the property that is wrong, or outside us-east-1 */
  constructor(scope: Construct, id: string, props: IdentityFirewallProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    if (!Token.isUnresolved(region) && region !== FIREWALL_REGION)
      throw new Error(
        `${this.node.path}: CloudFront takes a firewall from ${FIREWALL_REGION} only, not from ${region}`,
      );
    const settings = parseProps({ ...props, deployment: { edge: {}, ...props.deployment } });
    const { stage, deployment } = settings;
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: `identity-${stage}`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible(`identity-${stage}`),
      rules: [...rateRules(this, settings), ...managedRules].map((rule, priority) => rule(priority)),
    });
    this.webAclArn = acl.attrArn;
    const logs = new LogGroup(this, 'Logs', {
      // WAF takes no other beginning of the name.
      logGroupName: `aws-waf-logs-identity-${stage}`,
      ...encryptionKey(this, 'LogKey', { keyArn: deployment.edge?.logKeyArn }),
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

/** What anyone may send that costs a hash or a mail, or is a guess, at each door; `/sign-in` has `/sign-in-by-mail` below it. */
const PASSWORDS_ARE_CHECKED = [
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
];
const ACCOUNTS_ARE_MADE = ['/v1/auth/register', '/sign-up'];

/**
 * What one IP may do. Sign-in and registration have rules of their own, since each costs a hash: without them, a few
 * clients below the limit of all requests could use up the throttle of the route, which all share. A network that many
 * people share is in none of these; it has its own limit of all requests, and the service counts its logins.
 *
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html,
 * https://aws.amazon.com/about-aws/whats-new/2024/08/aws-waf-rate-based-rules-lower-rate-limits/ (from 10 requests on)
 */
function rateRules(scope: Construct, { stage, service, deployment: { edge } }: StageSettings): Rule[] {
  if (!edge) return [];
  const shared = service.sharedNetworks.map(({ times, cidrs }, index) => ({
    times,
    statement: anyOf(ipSets(scope, `identity-${stage}-shared-${index}`, cidrs)),
  }));
  const others = shared.map(({ statement }): Statement => ({ notStatement: { statement } }));
  return [
    perIp('per-ip', { limit: edge.requestsPerIp, evaluationWindowSec: 300 }, others),
    perIp('sign-in-per-ip', { limit: edge.loginsPerIp, evaluationWindowSec: 60 }, [
      ...to('POST', ...PASSWORDS_ARE_CHECKED),
      ...others,
    ]),
    perIp('registration-per-ip', { limit: edge.registrationsPerIp, evaluationWindowSec: 600 }, [
      ...to('POST', ...ACCOUNTS_ARE_MADE),
      ...others,
    ]),
    ...shared.flatMap(({ times, statement }, index) =>
      times === 'unlimited'
        ? []
        : [
            perIp(
              `shared-${index}-per-ip`,
              { limit: Math.min(edge.requestsPerIp * times, HIGHEST_LIMIT), evaluationWindowSec: 300 },
              [statement],
            ),
          ],
    ),
  ];
}

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const HIGHEST_LIMIT = 2_000_000_000;

/** A set holds addresses of one version only. */
function ipSets(scope: Construct, name: string, cidrs: readonly string[]): Statement[] {
  return (['IPV4', 'IPV6'] as const).flatMap((ipAddressVersion) => {
    const addresses = cidrs.filter((cidr) => cidr.includes(':') === (ipAddressVersion === 'IPV6'));
    if (addresses.length === 0) return [];
    const { attrArn: arn } = new CfnIPSet(scope, `${name}-${ipAddressVersion}`, {
      name: `${name}-${ipAddressVersion}`,
      scope: 'CLOUDFRONT',
      ipAddressVersion,
      addresses,
    });
    return [{ ipSetReferenceStatement: { arn } }];
  });
}

/** @param of which requests are counted; all, if there is no statement */
const perIp =
  (
    name: string,
    rate: { readonly limit: number; readonly evaluationWindowSec: 60 | 300 | 600 },
    of: readonly Statement[],
  ): Rule =>
  (priority) => {
    const scopeDownStatement = allOf(of);
    return {
      name,
      priority,
      statement: {
        rateBasedStatement: { ...rate, aggregateKeyType: 'IP', ...(scopeDownStatement ? { scopeDownStatement } : {}) },
      },
      action: {
        block: {
          customResponse: {
            responseCode: 429,
            responseHeaders: [{ name: 'retry-after', value: String(rate.evaluationWindowSec) }],
          },
        },
      },
      visibilityConfig: visible(name),
    };
  };
