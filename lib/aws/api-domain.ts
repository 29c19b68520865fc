/** A name of the API's own, in place of AWS's: CloudFront's origin, and where services send their signed requests. */
import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import type { DeploymentSettings } from '../service/config.ts';
import { pointAt } from './dns.ts';

/** @returns what the name has to point at, or undefined when the API has none */
export function nameApi(
  scope: Construct,
  api: HttpApi,
  stage: HttpStage,
  { edge }: DeploymentSettings,
): string | undefined {
  if (!edge?.apiDomain) return undefined;
  const own = new Construct(scope, 'ApiDomain');
  const { name, certificateArn } = edge.apiDomain;
  const domainName = new DomainName(own, 'Name', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(own, 'Certificate', certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  // By its name alone the mapping would not wait for the stage.
  new ApiMapping(own, 'Mapping', { api, stage, domainName }).node.addDependency(stage);
  const target = { dnsName: domainName.regionalDomainName, hostedZoneId: domainName.regionalHostedZoneId };
  pointAt(own, edge.apiDomain, target, ['A']);
  return domainName.regionalDomainName;
}

/** Without a slash at its end. */
export const apiUrl = (api: HttpApi, { edge }: DeploymentSettings): string =>
  edge?.apiDomain ? `https://${edge.apiDomain.name}` : api.apiEndpoint;
