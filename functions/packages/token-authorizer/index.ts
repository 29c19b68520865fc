/**
 * A Lambda authorizer for another team's API, REST or HTTP, made by lib/aws/token-authorizer.ts. It lets valid access
 * tokens of this service through, and hands their claims on as `requestContext.authorizer`.
 *
 * | variable | |
 * |---|---|
 * | ISSUER, AUDIENCE | whose tokens, for whom |
 * | ROLES | separated by spaces: one of them is needed |
 * | ORG_ID | the organisation that the token has to be for |
 * | ORG_IN | instead of it where a request names one: `path:PARAMETER` or `header:NAME`, in lower case |
 *
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import {
  bearerToken,
  type DemandsWithin,
  TokenError,
  type VerifiedClaims,
  type Verify,
  verifier,
} from '../verify/index.ts';

type RestEvent = APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent;
type Event = APIGatewayRequestAuthorizerEventV2 | RestEvent;
type Answer = APIGatewaySimpleAuthorizerWithContextResult<Context> | APIGatewayAuthorizerResult;

const { ISSUER = '', AUDIENCE = '', ROLES, ORG_ID, ORG_IN } = process.env;
// A variable that is set to nothing is a demand that nothing was put into: the verifier refuses it.
const roles = ROLES === undefined ? {} : { roles: ROLES.split(' ') };
const organization = ORG_ID === undefined ? {} : { orgId: ORG_ID };
const service = { issuer: ISSUER, audience: AUDIENCE };
const verify = (
  ORG_IN === undefined
    ? verifier({ ...service, ...roles, ...organization } as Parameters<typeof verifier>[0])
    : verifier(service)
) as Verify<DemandsWithin>;

export async function handler(event: Event): Promise<Answer> {
  const isRest = 'methodArn' in event;
  try {
    const demands = ORG_IN === undefined ? {} : { ...roles, orgId: organizationOf(event, ORG_IN) };
    const context = contextOf(await verify(bearerToken(authorizationOf(event)), demands as DemandsWithin));
    return isRest ? policy('Allow', event, context) : { isAuthorized: true, context };
  } catch (error) {
    // Without the public keys nobody is judged: API Gateway answers 500 and keeps nothing.
    if (!(error instanceof TokenError) || error.code === 'KEYS_UNAVAILABLE') throw error;
    if (!isRest) return { isAuthorized: false, context: {} };
    if (error.code === 'FORBIDDEN') return policy('Deny', event, {});
    // The very word that a REST API turns into 401.
    throw new Error('Unauthorized');
  }
}

function authorizationOf(event: Event): string | undefined {
  if (event.type === 'TOKEN') return event.authorizationToken;
  return 'methodArn' in event ? headerOf(event, 'authorization') : event.identitySource?.[0];
}

/** @returns nothing where the request names none, or more than one: the token is for neither then */
function organizationOf(event: Event, source: string): string | undefined {
  const [place, name = ''] = source.split(':');
  if (event.type === 'TOKEN') return undefined;
  return place === 'path' ? event.pathParameters?.[name] : headerOf(event, name);
}

/** A header that comes once. An HTTP API joins those that come twice with a comma. */
function headerOf(event: Exclude<Event, APIGatewayTokenAuthorizerEvent>, name: string): string | undefined {
  const headers = ('multiValueHeaders' in event ? event.multiValueHeaders : undefined) ?? event.headers ?? {};
  const values = Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? value : []));
  return values.length === 1 ? values[0] : undefined;
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

/**
 * For the whole API: the answer is kept by token, and the next request with it may be for another method. Where the
 * request names the organisation, for this request alone: the answer is kept by what names it too.
 */
function policy(Effect: 'Allow' | 'Deny', { methodArn }: RestEvent, context: Context): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: typeof context.sub === 'string' ? context.sub : 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect,
          Resource: ORG_IN === undefined ? `${api}/${stage}/*` : methodArn,
        },
      ],
    },
    context,
  };
}
