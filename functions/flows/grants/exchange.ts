/**
 * A client acts for a person who called it, or shows its platform's token as the subject (RFC 8693). Each exchange is in the
 * log; none changes anything.
 */
import type { AccessClaims, MachineClaims } from '../../domain/access-token.ts';
import { TOKEN_EXCHANGE } from '../../domain/client.ts';
import { type AuthenticatedClient, tokenTypes } from '../../domain/client-credentials.ts';
import { type AskedOfDelegation, delegatedClaims, delegation, refusedSubject } from '../../domain/delegation.ts';
import { Problem } from '../../domain/problem.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { log } from '../../runtime/log.ts';
import type { DemandSettings } from '../../store/demanded-levels.ts';
import { demandGrant, type GrantedTokens, type GrantNeeds } from '../grant-tokens.ts';
import { stateOfAccessToken } from '../introspect.ts';
import { spendShown } from '../shown-before.ts';
import { grantToMachine } from './machine.ts';

export type ExchangeNeeds = GrantNeeds & {
  readonly settings: DemandSettings;
  readonly read: (token: string, now: Date) => Promise<AccessClaims | MachineClaims>;
};

export interface ExchangeRequest extends AskedOfDelegation {
  readonly subjectToken: string;
  readonly subjectTokenType: string;
  readonly requestedTokenType: string | undefined;
  readonly actorToken: string | undefined;
}

/**
 * Whose session is over, or who is locked out, is acted for no longer.
 * @throws Problem VALIDATION_ERROR, SCOPE_INVALID, TARGET_INVALID, CLIENT_INVALID, DPOP_PROOF_INVALID, CLIENT_NOT_ALLOWED,
 * SERVICE_UNAVAILABLE
 */
export async function exchangeToken(
  needs: ExchangeNeeds,
  caller: AuthenticatedClient,
  request: ExchangeRequest,
  context: RequestContext,
): Promise<GrantedTokens> {
  refuseOtherTypes(request);
  if (caller.isSubject) {
    const tokens = await grantToMachine(needs, caller, request, context);
    return { ...tokens, issuedTokenType: tokenTypes.accessToken };
  }
  demandGrant(caller, TOKEN_EXCHANGE);
  const { client, jkt } = caller;
  const { now } = context;
  const subject = await subjectOf(needs, request.subjectToken, now);
  const grant = { ...delegation(subject, client, request, needs.settings), jkt };
  const sign = needs.admitSigning();
  const [, state] = await Promise.all([spendShown(needs.database, caller), stateOfAccessToken(needs, subject, now)]);
  if (!state) throw refusedSubject('is of a session that is over');
  const claims = delegatedClaims(subject, state, grant, now, needs.settings);
  const accessToken = await sign(claims);
  log('info', 'token exchanged', { client_id: client.client_id, session_id: subject.sid, jti: claims.jti });
  return {
    accessToken,
    expiresIn: claims.exp - claims.iat,
    scope: grant.scope.length > 0 ? grant.scope : undefined,
    issuedTokenType: tokenTypes.accessToken,
  };
}

function refuseOtherTypes({ subjectTokenType, requestedTokenType, actorToken }: ExchangeRequest): void {
  const types: readonly string[] = Object.values(tokenTypes);
  const one = `one of ${types.join(', ')}`;
  if (!types.includes(subjectTokenType)) throw invalid(`The subject_token_type has to be ${one}.`);
  if ((requestedTokenType ?? tokenTypes.accessToken) !== tokenTypes.accessToken) {
    throw invalid(`The requested_token_type has to be ${tokenTypes.accessToken}.`);
  }
  // It could only say what the client has shown already.
  if (actorToken !== undefined) throw invalid('There is no actor_token here: the client itself is who acts.');
}

const invalid = (detail: string) => new Problem('VALIDATION_ERROR', { detail });

/** Borne clocks (S17) do not make a token live longer: what it is exchanged for would be over. */
async function subjectOf({ read }: ExchangeNeeds, token: string, now: Date): Promise<AccessClaims> {
  const claims = await read(token, now).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  });
  if (!claims || claims.exp * 1000 <= now.getTime()) throw refusedSubject('is not valid');
  if (!('sid' in claims)) throw refusedSubject('is not a person’s');
  return claims;
}
