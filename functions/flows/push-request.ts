/** A request that a client pushes: checked as it would be at the authorization endpoint, and kept (RFC 9126 §2). */
import type { AuthorizationErrorCode, Fault } from '../domain/authorization-fault.ts';
import { type AuthorizationParameters, parseAuthorization, type ReadHint } from '../domain/authorization-parameters.ts';
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { newRequestUri, PUSHED_SECONDS } from '../domain/pushed-request.ts';
import { pushRequest as push } from '../store/pushed-requests.ts';
import { clientFault } from './authorize.ts';
import type { Needing } from './needs.ts';
import { spentBefore } from './shown-before.ts';

export interface PushNeeds extends Needing<'database'> {
  readonly readHint: ReadHint;
}

export interface PushedRequest {
  readonly requestUri: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** @throws Problem CLIENT_INVALID, DPOP_PROOF_INVALID for what came before; those of {@link problems} for a request with a fault */
export async function pushRequest(
  { database, readHint }: PushNeeds,
  { client, shown, jkt }: AuthenticatedClient,
  parameters: AuthorizationParameters,
  now: Date,
): Promise<PushedRequest> {
  // §2.1: it may not stand in a request that is pushed.
  if (parameters.request_uri) throw refusal(invalid('request_uri cannot be pushed.'));
  // A client that shows who it is in a header need not say so twice.
  const bound = jkt === null ? {} : { dpop_jkt: [jkt] };
  const [named = jkt] = parameters.dpop_jkt ?? [];
  if (jkt !== null && named !== jkt) {
    throw new Problem('DPOP_PROOF_INVALID', { detail: 'dpop_jkt names another key than the DPoP proof.' });
  }
  const request = await requestOf({ ...parameters, ...bound, client_id: [client.client_id] }, readHint);
  const { uri, hash } = newRequestUri();
  const pushed = await push(database, request, { hash, shown }, now);
  if (pushed.spent) throw new Problem(spentBefore[pushed.spent]);
  if (!pushed.is_client) throw new Problem('CLIENT_INVALID');
  const fault = pushed.is_redirect ? clientFault(pushed) : noRedirect;
  if (fault) throw refusal(fault);
  return { requestUri: uri, expiresIn: PUSHED_SECONDS };
}

async function requestOf(parameters: AuthorizationParameters, readHint: ReadHint): Promise<AuthorizationRequest> {
  try {
    // It arrives when a browser first comes with it.
    const parsed = await parseAuthorization(parameters, readHint, 0);
    if ('fault' in parsed) throw refusal(parsed.fault);
    return parsed.request;
  } catch (error) {
    throw error instanceof Problem && error.code === 'REDIRECT_URI_INVALID' ? refusal(noRedirect) : error;
  }
}

const invalid = (description: string): Fault => ({ error: 'invalid_request', description });
const noRedirect = invalid('redirect_uri is not one of the client.');

/** The names are those of the authorization endpoint (§2.3). */
const problems: Readonly<Partial<Record<AuthorizationErrorCode, ProblemCode>>> = {
  unauthorized_client: 'CLIENT_NOT_ALLOWED',
  invalid_target: 'TARGET_INVALID',
  unsupported_response_type: 'RESPONSE_TYPE_UNSUPPORTED',
  request_not_supported: 'REQUEST_OBJECT_UNSUPPORTED',
  registration_not_supported: 'REGISTRATION_UNSUPPORTED',
};

const refusal = ({ error, description }: Fault) =>
  new Problem(problems[error] ?? 'VALIDATION_ERROR', { detail: description });
