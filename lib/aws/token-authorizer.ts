/**
 * For the CDK app of another team: a Lambda authorizer that takes this service's access tokens, for REST APIs, and for
 * HTTP APIs that ask for roles. (One that asks for no more than a valid token does better with the JWT authorizer of its
 * HTTP API, which costs nothing.)
 *
 * ```ts
 * const tokens = new TokenAuthorizer(this, 'Tokens', {
 *   issuer,
 *   audience: 'huleedu-platform',
 *   roles: ['teacher'],
 *   orgId: { pathParameter: 'org_id' },
 * });
 * httpApi.addRoutes({ path: '/orgs/{org_id}/essays', integration, authorizer: tokens.forHttpApi() });
 * essays.addMethod('GET', integration, { authorizer: tokens.forRestApi() });
 * ```
 */
import { Duration, Token } from 'aws-cdk-lib';
import {
  type IAuthorizer,
  IdentitySource,
  RequestAuthorizer as RestRequestAuthorizer,
  TokenAuthorizer as RestTokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { callerVerifier, type Level, machineVerifier, verifier } from '../../functions/packages/verify/index.ts';
import { tokenAuthorizerRoot } from '../build/folders.ts';
import { built } from './bundles.ts';
import { InlineRole } from './inline-role.ts';
import { logActions } from './logs.ts';

/** Where a request says which organisation it is about. The function behind has to take it from the same place. */
export type OrganizationInRequest = { readonly pathParameter: string } | { readonly header: string };

export interface TokenAuthorizerProps {
  /** The identity service's base URL, as `iss` has it; a slash at its end is passed over. */
  readonly issuer: string;
  readonly audience: string;
  /**
   * One of these is needed; any valid token will do without. Without `orgId`, platform roles alone (`platform:admin`):
   * anybody may found an organisation and have any other role in it (S64).
   */
  readonly roles?: readonly string[];
  /** The organisation that tokens have to be for: one for the whole API, or that which a request names. */
  readonly orgId?: string | OrganizationInRequest;
  /** All of these are needed. A password login at `/v1` has none. */
  readonly scopes?: readonly string[];
  /** The OAuth clients whose tokens are taken; those of any unless said otherwise. */
  readonly clients?: readonly string[];
  /** The level at which the person signed in, at least; and how long ago that may be, seconds (RFC 9470). */
  readonly acr?: Level;
  readonly maxAge?: number;
  /** Refuse tokens of sessions that have ended, by the issuer's status lists; `cacheSeconds` come on top. */
  readonly statusLists?: boolean;
  /** Whose tokens are taken: `people`, which is the default, `machines` (by client credentials), or `all`. */
  readonly callers?: keyof typeof verifiers;
  /**
   * How long API Gateway keeps an answer for the same token, 0 to 3600 seconds; 60 unless said otherwise. For as long, a
   * token is taken that has expired meanwhile, or whose key was revoked.
   */
  readonly cacheSeconds?: number;
}

const verifiers = { people: verifier, machines: machineVerifier, all: callerVerifier };

export class TokenAuthorizer extends Construct {
  readonly handler: LambdaFunction;
  readonly #cache: Duration;
  readonly #source: OrganizationInRequest | undefined;

  /** @throws TypeError naming the property that the function would refuse */
  constructor(scope: Construct, id: string, { cacheSeconds = 60, ...props }: TokenAuthorizerProps) {
    super(scope, id);
    this.#cache = Duration.seconds(cacheSeconds);
    this.#source = typeof props.orgId === 'object' ? props.orgId : undefined;
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH });
    // The managed policy of CDK's own role lets a function write into every log of the account.
    const role = new InlineRole(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: [...logActions], resources: [logGroup.logGroupArn] }));
    this.handler = new LambdaFunction(this, 'Function', {
      role,
      logGroup,
      code: Code.fromAsset(built(tokenAuthorizerRoot, 'npm run build')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      loggingFormat: LoggingFormat.JSON,
      environment: environmentOf(props),
    });
  }

  forHttpApi(): HttpLambdaAuthorizer {
    return new HttpLambdaAuthorizer('Tokens', this.handler, {
      identitySource: ['$request.header.Authorization', ...this.#cachedBy(httpApi)],
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: this.#cache,
    });
  }

  forRestApi(): IAuthorizer {
    const authorization = IdentitySource.header('Authorization');
    const common = { handler: this.handler, resultsCacheTtl: this.#cache };
    return this.#source === undefined
      ? new RestTokenAuthorizer(this, 'RestApi', { ...common, identitySource: authorization })
      : new RestRequestAuthorizer(this, 'RestApi', {
          ...common,
          identitySources: [authorization, ...this.#cachedBy(restApi)],
        });
  }

  /**
   * What API Gateway keeps an answer by, beside the token: else one for a person's own organisation would be good for
   * every other. No path parameter can be named, so the whole path is, and the route that says what is a parameter.
   */
  #cachedBy(api: typeof httpApi): string[] {
    if (this.#source === undefined) return [];
    return 'header' in this.#source ? [api.header(this.#source.header)] : [...api.request];
  }
}

const httpApi = {
  header: (name: string) => `$request.header.${name}`,
  request: ['$context.path', '$context.routeKey'],
};
const restApi: typeof httpApi = {
  header: (name) => IdentitySource.header(name),
  request: ['path', 'httpMethod'].map((name) => IdentitySource.context(name)),
};

/** HTTP tokens (RFC 9110 §5.6.2), and what API Gateway takes as a parameter's name. */
const NAME = /^[\w.-]+$/;

function environmentOf(props: Omit<TokenAuthorizerProps, 'cacheSeconds'>): Record<string, string> {
  const {
    issuer,
    audience,
    roles,
    orgId,
    scopes,
    clients,
    acr,
    maxAge,
    statusLists,
    callers = 'people',
    ...unknown
  } = props;
  if (!Object.hasOwn(verifiers, callers)) throw new TypeError('callers: people, machines or all');
  // The very checks of the function at its start, with values in place of what only the deployment will know.
  const known = (value: string, example: string) => (Token.isUnresolved(value) ? example : value);
  verifiers[callers]({
    ...unknown,
    issuer: known(issuer, 'https://id.example.com'),
    audience: known(audience, 'audience'),
    ...('roles' in props ? { roles } : {}),
    ...('scopes' in props ? { scopes } : {}),
    ...('clients' in props ? { clients } : {}),
    ...('acr' in props ? { acr } : {}),
    ...('maxAge' in props ? { maxAge } : {}),
    ...('orgId' in props ? { orgId: typeof orgId === 'string' ? known(orgId, 'org') : named(orgId) } : {}),
  } as Parameters<typeof verifier>[0]);
  return {
    ISSUER: issuer,
    AUDIENCE: audience,
    ...(roles ? { ROLES: roles.join(' ') } : {}),
    ...(scopes ? { SCOPES: scopes.join(' ') } : {}),
    ...(clients ? { CLIENTS: clients.join(' ') } : {}),
    ...(acr ? { ACR: acr } : {}),
    ...(maxAge ? { MAX_AGE: String(maxAge) } : {}),
    ...(statusLists ? { STATUS_LISTS: 'true' } : {}),
    ...(callers === 'people' ? {} : { CALLERS: callers }),
    ...(typeof orgId === 'string' ? { ORG_ID: orgId } : {}),
    ...(typeof orgId === 'object' ? { ORG_IN: named(orgId) } : {}),
  };
}

/** As the function has it. @throws TypeError */
function named(source: OrganizationInRequest | undefined): string {
  const { pathParameter, header } = (source ?? {}) as { pathParameter?: string; header?: string };
  if ((pathParameter === undefined) === (header === undefined) || !NAME.test(pathParameter ?? header ?? '')) {
    throw new TypeError('orgId: an id, or the name of either a pathParameter or a header');
  }
  return pathParameter === undefined ? `header:${header?.toLowerCase()}` : `path:${pathParameter}`;
}
