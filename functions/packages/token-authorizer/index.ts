/**
 * A Lambda authorizer for another team's API, REST or HTTP, made by lib/aws/token-authorizer.ts. It accepts valid
 * access tokens of this service, and passes their claims on as `requestContext.authorizer`.
 *
 * | variable | |
 * |---|---|
 * | ISSUER, AUDIENCE | the tokens' issuer and audience |
 * | ROLES | separated by spaces: the token needs one of them |
 * | ORG_ID | the organisation that the token must be for |
 * | SCOPES, CLIENTS | separated by spaces: the token needs all of these scopes, and is of one of these clients |
 * | ACR, MAX_AGE | the level at least, and the seconds since the person signed in at most |
 * | STATUS_LISTS | `true`: tokens of sessions that have ended are refused, by the issuer's lists |
 * | CALLERS | `people`, which is the default, `machines`, or `all` |
 * | ORG_IN | instead of it, if a request names the organisation: `path:PARAMETER` or `header:NAME`, in lower case |
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
  callerVerifier,
  type DemandsWithin,
  isMachine,
  type MachineClaims,
  machineVerifier,
  TokenError,
  type VerifiedClaims,
  type Verify,
  verifier,
} from '../verify/index.ts';

type RestEvent = APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent;
type Event = APIGatewayRequestAuthorizerEventV2 | RestEvent;
type Answer = APIGatewaySimpleAuthorizerWithContextResult<Context> | APIGatewayAuthorizerResult;

const {
  ISSUER = '',
  AUDIENCE = '',
  ROLES,
  ORG_ID,
  ORG_IN,
  SCOPES,
  CLIENTS,
  ACR,
  MAX_AGE,
  STATUS_LISTS,
  CALLERS = 'people',
} = process.env;
// A variable with an empty value is a demand that was not filled in: the verifier refuses it.
const roles = ROLES === undefined ? {} : { roles: ROLES.split(' ') };
const organization = ORG_ID === undefined ? {} : { orgId: ORG_ID };
const ofClients = {
  ...(SCOPES === undefined ? {} : { scopes: SCOPES.split(' ') }),
  ...(CLIENTS === undefined ? {} : { clients: CLIENTS.split(' ') }),
  ...(ACR === undefined ? {} : { acr: ACR }),
  ...(MAX_AGE === undefined ? {} : { maxAge: Number(MAX_AGE) }),
};
const service = { issuer: ISSUER, audience: AUDIENCE, statusLists: STATUS_LISTS === 'true', ...ofClients };
const made = { people: verifier, machines: machineVerifier, all: callerVerifier }[CALLERS];
if (!made) throw new TypeError(`CALLERS: ${CALLERS} is not people, machines or all`);
const verify = made(
  (ORG_IN === undefined ? { ...service, ...roles, ...organization } : service) as Parameters<typeof verifier>[0],
) as Verify<DemandsWithin, VerifiedClaims | MachineClaims>;

export async function handler(event: Event): Promise<Answer> {
  const isRest = 'methodArn' in event;
  try {
    const demands = ORG_IN === undefined ? {} : { ...roles, orgId: organizationOf(event, ORG_IN) };
    const context = contextOf(await verify(bearerToken(authorizationOf(event)), demands as DemandsWithin));
    return isRest ? policy('Allow', event, context) : { isAuthorized: true, context };
  } catch (error) {
    // Without the public keys, or the list, there is no verdict: API Gateway answers 500 and caches nothing.
    if (!(error instanceof TokenError) || error.code.endsWith('_UNAVAILABLE')) throw error;
    if (!isRest) return { isAuthorized: false, context: {} };
    if (error.code === 'FORBIDDEN') return policy('Deny', event, {});
    // A REST API turns exactly this word into 401.
    throw new Error('Unauthorized');
  }
}

function authorizationOf(event: Event): string | undefined {
  if (event.type === 'TOKEN') return event.authorizationToken;
  return 'methodArn' in event ? headerOf(event, 'authorization') : event.identitySource?.[0];
}

/** @returns undefined if the request names no organisation, or more than one: then no token is for it */
function organizationOf(event: Event, source: string): string | undefined {
  const [place, name = ''] = source.split(':');
  if (event.type === 'TOKEN') return undefined;
  return place === 'path' ? event.pathParameters?.[name] : headerOf(event, name);
}

/** A header that is sent once. An HTTP API joins headers that are sent twice with a comma. */
function headerOf(event: Exclude<Event, APIGatewayTokenAuthorizerEvent>, name: string): string | undefined {
  const headers = ('multiValueHeaders' in event ? event.multiValueHeaders : undefined) ?? event.headers ?? {};
  const values = Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? value : []));
  return values.length === 1 ? values[0] : undefined;
}

/** A REST API passes on only strings, numbers and booleans, so roles are separated by spaces. */
interface Context extends Record<string, string | boolean> {}

const contextOf = (claims: VerifiedClaims | MachineClaims): Context => {
  const { sub, client_id = '', scope = '' } = claims;
  const common = { sub, client_id, scope };
  if (isMachine(claims)) return { ...common, sid: '', org_id: '', roles: '', email_verified: false, actor: '' };
  const { sid, org_id, roles, email_verified, act } = claims;
  return { ...common, sid, org_id: org_id ?? '', roles: roles.join(' '), email_verified, actor: act?.sub ?? '' };
};

/**
 * The policy is for the whole API: the answer is cached by token, and the next request with it may be for another
 * method. If the request names the organisation, the policy is for this request only: then the cache's key includes
 * that name.
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
