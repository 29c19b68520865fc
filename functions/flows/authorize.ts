/**
 * A client's request for authorization: answered with a code where all is there, with the step that is missing, or with
 * the fault that the RFCs name. What holds, the statement says; here is what follows.
 */
import { randomBytes } from 'node:crypto';
import type { Acr } from '../domain/authentication-level.ts';
import type { AuthorizationErrorCode, Fault } from '../domain/authorization-fault.ts';
import type { Answerable, ParsedAuthorization } from '../domain/authorization-parameters.ts';
import type { AuthorizationRequest, AuthorizationStep } from '../domain/authorization-request.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import { logoHash } from '../domain/client-logo.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { sha256 } from '../domain/refresh-token.ts';
import type { Settings } from '../domain/settings.ts';
import type { ClientConditions } from '../store/authorization-conditions.ts';
import { type Asking, type AuthorizeSettings, authorize as ask, type Decided } from '../store/authorizations.ts';
import type { Needing } from './needs.ts';

/** What a browser comes with: a request, or the URI of a pushed one (RFC 9126 §4). */
export type Arriving = ParsedAuthorization | { readonly pushed: Buffer; readonly clientId: ClientId };

/** What goes to the client's redirect URI, by the way that the request names. */
export interface ClientAnswer extends Pick<Answerable, 'redirectUri' | 'responseMode'> {
  readonly parameters: Readonly<Record<string, string>>;
}

export type Outcome =
  | { readonly answer: ClientAnswer }
  | {
      readonly step: AuthorizationStep;
      readonly request: AuthorizationRequest;
      readonly clientName: string;
      /** The hash of where its logo is. */
      readonly clientLogo?: string;
      /** Of the step `second-factor`: the level that it has to give. */
      readonly acr?: Acr;
    };

export type AuthorizeNeeds = Needing<'database', Pick<Settings, 'issuer'> & AuthorizeSettings> & {
  /** Reads the document of a client that is one; whether there is such a client then. */
  readonly isDocument: (clientId: ClientId) => Promise<boolean>;
};

/** @throws Problem CLIENT_UNKNOWN, REDIRECT_URI_INVALID, REQUEST_EXPIRED: there is nobody to send an answer to */
export async function authorize(
  { database, settings, isDocument }: AuthorizeNeeds,
  arriving: Arriving,
  browser: BrowserCookie | null,
  now: Date,
): Promise<Outcome> {
  const code = randomBytes(32).toString('base64url');
  const asked = { ...asking(arriving, sha256(Buffer.from(code)), now), browser };
  let decided = await ask(database, asked, settings, now);
  if (decided?.is_client === false && (await isDocument(asked.clientId))) {
    decided = await ask(database, asked, settings, now);
  }
  if (!decided) throw new Problem('REQUEST_EXPIRED');
  if (!decided.is_client) throw new Problem('CLIENT_UNKNOWN');
  if (!decided.is_redirect) throw new Problem('REDIRECT_URI_INVALID');

  const { request } = decided;
  const answer = (parameters: Readonly<Record<string, string>>): Outcome => ({
    answer: clientAnswer(request, parameters, settings),
  });
  if (!decided.is_open) throw new Problem('REQUEST_EXPIRED');
  // A device asks for its tokens by itself.
  if (decided.is_issued) return answer(request.device === undefined ? { code } : { done: 'allowed' });
  const fault = 'fault' in arriving ? arriving.fault : (clientFault(decided) ?? pushedFault(decided));
  if (fault) return answer({ error: fault.error, error_description: fault.description });
  const step = stepOf(decided);
  if (step === 'unmet') {
    return answer({
      error: 'unmet_authentication_requirements',
      error_description: 'The person cannot sign in as the essential acr has it.',
    });
  }
  if (request.prompt.includes('none')) return answer({ error: silently[step] });
  const pushed = 'pushed' in arriving ? { pushed: arriving.pushed.toString('base64url') } : {};
  const { client_name: clientName, client_logo_uri: logo, step_up_acr: acr } = decided;
  return {
    step,
    request: { ...request, ...pushed },
    clientName: clientName ?? '',
    ...(logo === null ? {} : { clientLogo: logoHash(logo) }),
    ...(step === 'second-factor' && acr !== null ? { acr } : {}),
  };
}

function asking(arriving: Arriving, codeHash: Buffer, now: Date): Omit<Asking, 'browser'> {
  if ('pushed' in arriving) return { ...arriving, request: null, codeHash };
  if ('fault' in arriving) {
    const bare = { ...arriving.answerable, scope: [], resource: [], prompt: [], arrivedAt: now.getTime() };
    return { clientId: bare.clientId, request: bare, pushed: null, codeHash: null };
  }
  const { request } = arriving;
  const pushed = request.pushed === undefined ? null : Buffer.from(request.pushed, 'base64url');
  const device = request.device === undefined ? codeHash : Buffer.from(request.device, 'hex');
  return { clientId: request.clientId, request, pushed, codeHash: device };
}

/** With `iss`, so that a client of several servers knows whose answer it has (RFC 9207). */
export const clientAnswer = (
  { redirectUri, responseMode, state }: Pick<Answerable, 'redirectUri' | 'responseMode' | 'state'>,
  parameters: Readonly<Record<string, string>>,
  { issuer }: Pick<Settings, 'issuer'>,
): ClientAnswer => ({
  redirectUri,
  responseMode,
  parameters: { ...parameters, ...(state === undefined ? {} : { state }), iss: issuer },
});

/** What the client may not ask for. */
export function clientFault({ has_grant, has_pkce, is_resource }: ClientConditions): Fault | null {
  if (!has_grant) return { error: 'unauthorized_client', description: 'This client may not ask for codes.' };
  if (!has_pkce) return { error: 'invalid_request', description: 'code_challenge is missing (RFC 7636).' };
  if (!is_resource) return { error: 'invalid_target', description: 'resource is none of the audiences of the client.' };
  return null;
}

const pushedFault = ({ comes_pushed }: Decided): Fault | null =>
  comes_pushed ? null : { error: 'invalid_request', description: 'This client has to push its requests (RFC 9126).' };

/** What is missing first. The person comes before what they are asked. */
function stepOf(decided: Decided): AuthorizationStep | 'unmet' {
  const { is_signed_in, is_hinted, is_recent, is_chosen, is_consented, step_up_acr, request } = decided;
  if (!is_signed_in || !is_recent) return request.prompt.includes('create') ? 'sign-up' : 'sign-in';
  // A client that nobody has consented to must not learn by `login_hint` whether its guess at who is signed in is right.
  if (!is_consented && request.prompt.includes('none')) return 'consent';
  if (!is_hinted) return 'sign-in';
  if (!is_chosen) return 'choose-account';
  if (step_up_acr !== null) return 'second-factor';
  return is_consented ? 'unmet' : 'consent';
}

/** What `prompt=none` answers in the place of a page (OpenID Connect Core §3.1.2.6). */
const silently: Readonly<Record<AuthorizationStep, AuthorizationErrorCode>> = {
  'sign-in': 'login_required',
  'sign-up': 'interaction_required',
  'second-factor': 'interaction_required',
  'choose-account': 'account_selection_required',
  consent: 'consent_required',
};
