/**
 * The identity service in somebody's CDK app:
 *
 * ```ts
 * const identity = new IdentityService(this, 'Identity', {
 *   stage: 'prod',
 *   service: { mail: { sender: 'no-reply@school.example' } },
 *   deployment: { retainData: true },
 * });
 * ```
 *
 * All of it is in stacks of its own, nested in the stack of whoever makes it, which has one resource more.
 */
import { Stack, Token } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { source as sourceOf } from '../../functions/contracts/events/envelope.ts';
import { topics } from '../../functions/contracts/events/registry.ts';
import type { StageSettingsInput } from '../service/config.ts';
import { type FunctionSpec, functions as table } from '../service/functions.ts';
import { withThrottles } from '../service/throttles.ts';
import { bundlesOf } from './bundles.ts';
import { EventRules, type EventRulesProps } from './event-rules.ts';
import { pinFeatureFlags } from './feature-flags.ts';
import type { CodeOf } from './functions.ts';
import { parseProps } from './props.ts';
import { ServiceStack } from './stack.ts';
import { TokenAuthorizer, type TokenAuthorizerProps } from './token-authorizer.ts';
import { refuseUndecided } from './undecided.ts';

/**
 * The stage with its settings: lib/service/settings has the default, unit and reason of each. ARNs and ids may be tokens, as
 * `certificate.certificateArn` of the same app is; all else has to be known when the app is synthesized.
 */
export interface IdentityServiceProps extends StageSettingsInput {
  /**
   * Where the functions are, each built into a folder of its name. By default where `npm run build` puts them, beside this
   * file.
   */
  readonly code?: string | CodeOf;
  /**
   * True in the first deployment of a stage that retains its data: nothing is protected yet, so that CloudFormation can take
   * the deployment back if it fails. False by default.
   */
  readonly isFirst?: boolean;
  /** Functions that this deployment leaves out, while they change their stack (CONTRIBUTING.md). None by default. */
  readonly without?: readonly string[];
  /** The service's own, unless a test has others. */
  readonly functions?: readonly FunctionSpec[];
}

/** Of the events that it sends itself. */
const OWN_SOURCES = [...new Set(topics.map(sourceOf))];

export class IdentityService extends Construct {
  /** What all names carry. */
  readonly stage: string;
  /** The base URL without a slash at its end: `iss` of every token. What uses it is made after all that serves. */
  readonly issuer: string;
  /** Where the public keys are that verify tokens. */
  readonly jwksUri: string;
  /** `aud` of every token. */
  readonly audience: string;
  /** Where the account's own services send their signed requests ({@link grantIntrospect}); without a slash at its end. */
  readonly apiEndpoint: string;
  /** Where the service's events are, `identity-<stage>`; {@link onEvents} consumes them. */
  readonly eventBus: IEventBus;
  /** Where the alarms go, in a stage that has them. */
  readonly alarmTopic: ITopic | undefined;
  /** What the name of `deployment.edge.domain` has to point at; undefined without an edge. */
  readonly edgeDomainName: string | undefined;
  /** What the name of `deployment.edge.apiDomain` has to point at; undefined without that name. */
  readonly apiDomainTarget: string | undefined;

  readonly #apiId: string;

  /** @throws Error with a line for each property that is wrong or has to be decided, which names it */
  constructor(scope: Construct, id: string, props: IdentityServiceProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { code, isFirst = false, without = [], functions = table, ...own } = props;
    const settings = parseProps(own);
    refuseUndecided(settings);
    const { stage, service, deployment } = settings;
    this.#refuseSecond(stage);
    this.stage = stage;
    const { addresses, api, bus, alarmTopic } = new ServiceStack(this, 'Service', {
      settings,
      codeOf: typeof code === 'function' ? code : bundlesOf(service, code),
      functions: withThrottles(functions, deployment.throttles),
      without,
      isFirst,
    });
    this.issuer = addresses.Issuer;
    this.jwksUri = `${this.issuer}/.well-known/jwks.json`;
    this.audience = service.audience;
    this.apiEndpoint = addresses.ApiEndpoint;
    this.eventBus = bus;
    this.alarmTopic = alarmTopic;
    this.edgeDomainName = addresses.EdgeDomainName;
    this.apiDomainTarget = addresses.ApiDomainTarget;
    this.#apiId = api.apiId;
  }

  /**
   * For the routes of an HTTP API that any valid token may call. API Gateway asks the issuer for its keys when it makes an
   * authorizer, and so comes after the service (https://loige.co/debugging-api-gateway-http-oidc-jwt-authorizer). One for
   * each API.
   */
  jwtAuthorizer(): HttpJwtAuthorizer {
    return new HttpJwtAuthorizer('Identity', this.issuer, { jwtAudience: [this.audience] });
  }

  /** For a REST API, and for routes that ask for a role. */
  tokenAuthorizer(scope: Construct, id: string, props: Omit<TokenAuthorizerProps, 'issuer' | 'audience'> = {}) {
    return new TokenAuthorizer(scope, id, { ...props, issuer: this.issuer, audience: this.audience });
  }

  /** Brings topics of the bus to a function. */
  onEvents(scope: Construct, id: string, props: Omit<EventRulesProps, 'bus'>): EventRules {
    return new EventRules(scope, id, { ...props, bus: this.eventBus });
  }

  /**
   * Leave to put events on the bus under one source, such as `huleedu.billing`: whoever may name any source may speak for
   * this service too.
   * @throws Error for a source of this service's own
   */
  grantPutEvents(grantee: IGrantable, source: string): Grant {
    if (OWN_SOURCES.includes(source)) throw new Error(`source: ${source} is the identity service's own`);
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.eventBus.eventBusArn],
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
      conditions: { StringEquals: { 'events:source': source } },
    });
  }

  /**
   * Leave to ask whether a token still holds: `POST /v1/auth/introspect` at {@link apiEndpoint}, signed (SigV4, service
   * `execute-api`). AWS lets in who is of the same account.
   */
  grantIntrospect(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
        Stack.of(this).formatArn({
          service: 'execute-api',
          resource: this.#apiId,
          resourceName: '$default/POST/v1/auth/introspect',
        }),
      ],
    });
  }

  /** All names carry the stage, so CloudFormation would find out, minutes later. */
  #refuseSecond(stage: string): void {
    const own = placeOf(this);
    const second = this.node.root.node
      .findAll()
      .find((one) => one instanceof IdentityService && one !== this && one.stage === stage && placeOf(one) === own);
    if (second) {
      throw new Error(`${this.node.path}: stage ${stage} is in ${own} already, as ${second.node.path}: name another`);
    }
  }
}

/** Account and region, within which a name is taken once; the stack, where the deployment alone knows them. */
function placeOf(one: Construct): string {
  const outermost = (stack: Stack): Stack => (stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack);
  const { account, region, node } = outermost(Stack.of(one));
  return Token.isUnresolved(account) || Token.isUnresolved(region) ? `stack ${node.path}` : `${account}, ${region}`;
}
