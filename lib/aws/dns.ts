/** Names of the service’s own, in a hosted zone that the settings name. No look-up: the zone's id is enough for a record. */
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

export interface Named {
  readonly name: string;
  readonly hostedZoneId?: string | undefined;
}

export interface Target {
  readonly dnsName: string;
  /** AWS's own zone, of the kind of target. */
  readonly hostedZoneId: string;
}

/** @param types `AAAA` too where the target answers by IPv6 */
export function pointAt(
  scope: Construct,
  { name, hostedZoneId }: Named,
  target: Target,
  types: readonly string[],
): void {
  if (hostedZoneId === undefined) return;
  const records = new Construct(scope, 'Records');
  for (const type of types) new CfnRecordSet(records, type, { hostedZoneId, name, type, aliasTarget: target });
}
