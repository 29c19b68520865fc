/**
 * An application load balancer that lets nobody through who is not signed in; the targets need know nothing of it. They
 * find who it is in `x-amzn-oidc-data`, whose signature they should check: it is the load balancer's.
 *
 * The client is confidential, with `pkce: 'optional'`, since a load balancer sends neither a challenge nor a nonce, and with
 * the redirect URI `https://NAME/oauth2/idpresponse`.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
import { Duration, type SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  type IApplicationTargetGroup,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

export interface WikiProps extends StackProps {
  readonly vpc: IVpc;
  readonly certificate: ICertificate;
  readonly wiki: IApplicationTargetGroup;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: SecretValue;
}

export class WikiStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { vpc, certificate, wiki, issuer, clientId, clientSecret, ...props }: WikiProps,
  ) {
    super(scope, id, props);
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    balancer.addListener('Https', {
      port: 443,
      certificates: [certificate],
      defaultAction: ListenerAction.authenticateOidc({
        issuer,
        authorizationEndpoint: `${issuer}/oauth/authorize`,
        tokenEndpoint: `${issuer}/oauth/token`,
        userInfoEndpoint: `${issuer}/oauth/userinfo`,
        clientId,
        clientSecret,
        scope: 'openid email profile',
        // The load balancer's own cookie; who has to sign in again at the service is another matter.
        sessionTimeout: Duration.hours(8),
        next: ListenerAction.forward([wiki]),
      }),
    });
  }
}
