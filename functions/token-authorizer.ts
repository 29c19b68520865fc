/**
 * A Lambda authorizer for another team's API, REST or HTTP, made by lib/aws/token-authorizer.ts. It lets valid access
 * tokens of this service through, and hands their claims on as `requestContext.authorizer`.
 *
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import { bearerToken, TokenError, type VerifiedClaims, verifier } from './verify.ts';

const { ISSUER = '', AUDIENCE = '', ROLES = '' } = process.env;
const verify = verifier({ issuer: ISSUER, audience: AUDIENCE, ...(ROLES ? { roles: ROLES.split(' ') } : {}) });

type Event = APIGatewayRequestAuthorizerEventV2 | APIGatewayTokenAuthorizerEvent;
type Answer = APIGatewaySimpleAuthorizerWithContextResult<Context> | APIGatewayAuthorizerResult;

export async function handler(event: Event): Promise<Answer> {
  const isRest = event.type === 'TOKEN';
  const token = bearerToken(isRest ? event.authorizationToken : event.identitySource?.[0]);
  try {
    const context = contextOf(await verify(token));
    return isRest ? policy('Allow', event.methodArn, context) : { isAuthorized: true, context };
  } catch (error) {
    // Without the public keys nobody is judged: API Gateway answers 500 and keeps nothing.
    if (!(error instanceof TokenError) || error.code === 'KEYS_UNAVAILABLE') throw error;
    if (!isRest) return { isAuthorized: false, context: {} };
    if (error.code === 'FORBIDDEN') return policy('Deny', event.methodArn, {});
    // The very word that a REST API turns into 401.
    throw new Error('Unauthorized');
  }
}

/** A REST API hands on texts, numbers and truth values only, so roles are separated by spaces. */
interface Context extends Record<string, string | boolean> {}

const contextOf = ({ sub, sid, org_id, roles, email_verified }: VerifiedClaims): Context => ({
  sub,
  sid,
  org_id: org_id ?? '',
  roles: roles.join(' '),
  email_verified,
});

/** For the whole API: the answer is kept by token, and the next request with it may be for another method. */
function policy(Effect: 'Allow' | 'Deny', methodArn: string, context: Context): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: typeof context.sub === 'string' ? context.sub : 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: `${api}/${stage}/*` }],
    },
    context,
  };
}
