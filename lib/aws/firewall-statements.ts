/** What rules of the firewall are made of. */
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

export type Rule = (priority: number) => CfnWebACL.RuleProperty;
export type Statement = CfnWebACL.StatementProperty;

/** WAF takes no `and` or `or` of one. */
export const anyOf = ([first = {}, ...rest]: readonly Statement[]): Statement =>
  rest.length === 0 ? first : { orStatement: { statements: [first, ...rest] } };
export const allOf = ([first, ...rest]: readonly Statement[]): Statement | undefined =>
  rest.length === 0 ? first : { andStatement: { statements: [first, ...rest] as Statement[] } };

/** @param paths any of them, and what is below */
export const to = (method: string, ...paths: readonly string[]): Statement[] => [
  {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      searchString: method,
      positionalConstraint: 'EXACTLY',
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  },
  anyOf(paths.map(below)),
];

/** However the path is written: encoded, with dots, with a slash behind it. */
export const below = (path: string): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    searchString: path,
    positionalConstraint: 'STARTS_WITH',
    textTransformations: [
      { priority: 0, type: 'URL_DECODE' },
      { priority: 1, type: 'NORMALIZE_PATH' },
    ],
  },
});

/** Without sampled requests: they would show headers and queries in the console. */
export const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
