/**
 * For the CDK app of another team: a Lambda authorizer that takes this service's access tokens, for REST APIs, and for
 * HTTP APIs that ask for roles. (One that asks for no more than a valid token does better with the JWT authorizer of its
 * HTTP API, which costs nothing.)
 *
 * ```ts
 * const tokens = new TokenAuthorizer(this, 'Tokens', { issuer, audience: 'huleedu-platform', roles: ['teacher'] });
 * httpApi.addRoutes({ path: '/essays', integration, authorizer: tokens.forHttpApi() });
 * restApi.root.addMethod('GET', integration, { authorizer: tokens.forRestApi() });
 * ```
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { IdentitySource, TokenAuthorizer as RestTokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { buildSync } from 'esbuild';

export interface TokenAuthorizerProps {
  /** The identity service's base URL, exactly as `iss` has it. */
  readonly issuer: string;
  readonly audience: string;
  /** One of these is needed; any valid token will do without. */
  readonly roles?: readonly string[];
  /**
   * How long API Gateway keeps an answer for the same token, 0 to 3600 seconds; 60 unless said otherwise. For as long, a
   * token is taken that has expired meanwhile, or whose key was revoked.
   */
  readonly cacheSeconds?: number;
}

export class TokenAuthorizer extends Construct {
  readonly handler: LambdaFunction;
  readonly #cache: Duration;

  constructor(scope: Construct, id: string, { issuer, audience, roles = [], cacheSeconds = 60 }: TokenAuthorizerProps) {
    super(scope, id);
    this.#cache = Duration.seconds(cacheSeconds);
    this.handler = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(bundle()),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      loggingFormat: LoggingFormat.JSON,
      logGroup: new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH }),
      environment: { ISSUER: issuer, AUDIENCE: audience, ...(roles.length > 0 ? { ROLES: roles.join(' ') } : {}) },
    });
  }

  forHttpApi(): HttpLambdaAuthorizer {
    return new HttpLambdaAuthorizer('Tokens', this.handler, {
      identitySource: ['$request.header.Authorization'],
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: this.#cache,
    });
  }

  forRestApi(): RestTokenAuthorizer {
    return new RestTokenAuthorizer(this, 'RestApi', {
      handler: this.handler,
      identitySource: IdentitySource.header('Authorization'),
      resultsCacheTtl: this.#cache,
    });
  }
}

/** @returns a folder with the function in one file, 21 KiB: what CDK uploads */
function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), 'token-authorizer-'));
  buildSync({
    entryPoints: [fileURLToPath(new URL('../../functions/token-authorizer.ts', import.meta.url))],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
  });
  return folder;
}
