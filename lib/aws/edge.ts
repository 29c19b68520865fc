/**
 * CloudFront before the API: AWS WAF, caches of public keys and of what pages load, and the service's own name. The
 * API keeps an address, since CloudFront calls it; the functions refuse what did not come by the edge
 * (functions/http/client-address.ts), which proves itself by a secret in each request.
 */
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { pointAt } from './dns.ts';
import { makeEdgeSecrets } from './edge-secret.ts';
import { FIREWALL_REGION } from './firewall.ts';

/** As functions/http/client-address.ts reads them. `x-edge-…` would be refused: CloudFront keeps it to itself. */
const SECRET_HEADER = 'x-origin-verify';
const VIEWER_HEADER = 'x-viewer-address';

/** The viewer's address, whatever the viewer says of it himself. */
const TELL_VIEWER = `
function handler(event) {
  event.request.headers['${VIEWER_HEADER}'] = { value: event.viewer.ip };
  return event.request;
}`;

/**
 * CloudFront keeps these of a GET for ten seconds unless told otherwise, for everybody: the Authorization header is no part
 * of its key, and one person's 503 would be the next one's. The origin's own `no-store` counts for 404, 414 and 501 alone.
 * It takes no other code here, and keeps no other: 412 and 415 only with a max-age, which no error of ours has; 401 and
 * 429 never. Simultaneous requests get the answer of the first only where a cache policy caches; `CACHING_DISABLED` does
 * not.
 *
 * Sources, in https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/: HTTPStatusCodes.html,
 * custom-error-pages-expiration.html, RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes
 */
const KEPT_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export interface Edge {
  /** Without a slash at its end: the issuer. */
  readonly url: string;
  /** What a name of the service's own is to point at. */
  readonly domainName: string;
  /** Of those that the functions accept. */
  readonly secretArns: readonly string[];
  /** The functions change after it: it may begin to send what they accept, and they stop accepting what it sent. */
  readonly distribution: Construct;
}

export function makeEdge(scope: Construct, api: HttpApi, settings: StageSettings): Edge {
  const secrets = makeEdgeSecrets(scope, settings);
  const distribution = makeDistribution(scope, api, secrets.current, settings);
  const { distributionDomainName } = distribution;
  const domain = settings.deployment.edge?.domain;
  if (domain) {
    const target = { dnsName: distributionDomainName, hostedZoneId: CloudFrontTarget.getHostedZoneId(scope) };
    pointAt(scope, domain, target, ['A', 'AAAA']);
  }
  return {
    url: `https://${domain?.name ?? distributionDomainName}`,
    domainName: distributionDomainName,
    secretArns: secrets.accepted,
    distribution,
  };
}

function makeDistribution(
  scope: Construct,
  api: HttpApi,
  secret: Secret,
  { stage, deployment }: StageSettings,
): Distribution {
  const { domain, webAclArn } = deployment.edge ?? {};
  if (!webAclArn) {
    throw new Error(
      `deployment.edge.webAclArn: nothing is before the edge: make an IdentityFirewall in ${FIREWALL_REGION}, and name its webAclArn`,
    );
  }
  const { region, urlSuffix } = Stack.of(scope);
  const ownName = deployment.edge?.apiDomain?.name;
  const origin = new HttpOrigin(ownName ?? `${api.apiId}.execute-api.${region}.${urlSuffix}`, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    customHeaders: { [SECRET_HEADER]: secret.secretValue.unsafeUnwrap() },
    // API Gateway's own limit, so that its answer comes first.
    readTimeout: Duration.seconds(30),
  });
  const tellViewer = {
    eventType: FunctionEventType.VIEWER_REQUEST,
    function: new EdgeFunction(scope, 'TellViewer', {
      functionName: `identity-${stage}-tell-viewer`,
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(TELL_VIEWER),
    }),
  };
  const behavior = {
    origin,
    // A token must not be sent in clear once, to be redirected then.
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    // The API finds itself by Host, which is its own and not the viewer's.
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    functionAssociations: [tellViewer],
  };
  const distribution = new Distribution(scope, 'Distribution', {
    comment: `Identity service, stage ${stage}`,
    httpVersion: HttpVersion.HTTP2_AND_3,
    webAclId: webAclArn,
    errorResponses: KEPT_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    ...(domain
      ? {
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          domainNames: [domain.name],
          certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn),
        }
      : {}),
    defaultBehavior: {
      ...behavior,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
    },
    additionalBehaviors: {
      '/.well-known/*': {
        ...behavior,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy: makeKeyCache(scope, stage),
      },
      '/assets/*': {
        ...behavior,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy: makeFileCache(scope, stage),
      },
    },
  });
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Teachers travel; who may not come in, the firewall keeps out.' },
    {
      id: 'AwsSolutions-CFR3',
      reason: 'Its log would hold the tokens of links; what passes is in the API’s access log.',
    },
    ...(domain
      ? []
      : [
          {
            id: 'AwsSolutions-CFR4',
            reason: 'Without a name of its own CloudFront’s certificate decides the protocol.',
          },
        ]),
  );
  return distribution;
}

/** What pages load, which a page may keep for good: near its readers, and compressed, which API Gateway does not do. */
const makeFileCache = (scope: Construct, stage: string) =>
  new CachePolicy(scope, 'FileCache', {
    cachePolicyName: `identity-${stage}-files`,
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(365),
    queryStringBehavior: CacheQueryStringBehavior.none(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });

/** As long as the function says, no longer. One for all origins: whoever asks, every origin may read it (http/cors.ts). */
const makeKeyCache = (scope: Construct, stage: string) =>
  new CachePolicy(scope, 'KeyCache', {
    cachePolicyName: `identity-${stage}-keys`,
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(1),
    queryStringBehavior: CacheQueryStringBehavior.none(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
