/** AWS's own rules, and what is counted of them instead of blocked. */
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { anyOf, below, type Rule, visible } from './firewall-statements.ts';

/** Rules that look into bodies for what looks like an attack: a good password may. Counted, not blocked. */
const OF_BODIES = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
];
/**
 * Rules that look into queries, with the label that each leaves: a request for authorization, and the sealed one that our
 * pages pass on, have more than 2,048 bytes, and a native application's redirect URI is `http://127.0.0.1:PORT/`
 * (RFC 8252 §7.3). Counted, and blocked elsewhere by the label.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const OF_QUERIES = {
  SizeRestrictions_QUERYSTRING: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_QueryString',
  GenericRFI_QUERYARGUMENTS: 'awswaf:managed:aws:core-rule-set:GenericRFI_QueryArguments',
} as const;
/** Where clients' requests come and are passed on. */
const PATHS_OF_CLIENTS = ['/oauth/', '/sign-in', '/sign-up', '/forgot-password', '/consent', '/second-factor'];

/** Services call too, and not all say who they are. */
const OF_MACHINES = ['NoUserAgent_HEADER'];

const managed: readonly (readonly [name: string, counted: readonly string[]])[] = [
  ['AWSManagedRulesAmazonIpReputationList', []],
  ['AWSManagedRulesKnownBadInputsRuleSet', []],
  ['AWSManagedRulesCommonRuleSet', [...OF_BODIES, ...OF_MACHINES, ...Object.keys(OF_QUERIES)]],
];

/** What {@link OF_QUERIES} have found outside of the paths where it is usual. */
const unusualQuery: Rule = (priority) => ({
  name: 'unusual-query',
  priority,
  statement: {
    andStatement: {
      statements: [
        anyOf(Object.values(OF_QUERIES).map((key) => ({ labelMatchStatement: { scope: 'LABEL', key } }))),
        { notStatement: { statement: anyOf(PATHS_OF_CLIENTS.map(below)) } },
      ],
    },
  },
  action: { block: {} },
  visibilityConfig: visible('unusual-query'),
});

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

export const managedRules: readonly Rule[] = [
  ...managed.map(
    ([name, counted]): Rule =>
      (priority) =>
        group(name, priority, counted),
  ),
  // Labels are there for the rules that come after.
  unusualQuery,
];
