/**
 * The parameters of a request for authorization, each by its own rule. What depends on
 * the client is not decided here but by the statement that reads it (store/authorization-conditions.ts).
 */
import { AuthorizationFault, type Fault } from './authorization-fault.ts';
import { type AuthorizationRequest, type Prompt, prompts, type ResponseMode } from './authorization-request.ts';
import { parseClaims } from './claims-parameter.ts';
import type { ClientId, UserId } from './ids.ts';
import { Problem } from './problem.ts';
import { parseScope } from './scopes.ts';
import { isStorable } from './storable-text.ts';

/** By name, all values that came; the names that are not here are ignored (RFC 6749 §3.1). */
export type AuthorizationParameters = Readonly<Partial<Record<string, readonly string[] | undefined>>>;

/** Whom the answer goes to. Nothing goes there until both are found among the registered ones. */
export interface Answerable {
  readonly clientId: ClientId;
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state?: string;
}

export type ParsedAuthorization =
  | { readonly request: AuthorizationRequest }
  | { readonly fault: Fault; readonly answerable: Answerable };

/** @returns the `sub` of an ID token that was issued to the client; null for any other text */
export type ReadHint = (token: string, clientId: ClientId) => Promise<UserId | null>;

/** Characters: what a client gets back as it sent it. */
const MOST_STATE = 1000;
/** Of every other text. An ID token is the longest. */
const MOST_TEXT = 4096;
const MOST_VALUES = 10;

/** RFC 7636 §4.2, RFC 9449 §10: SHA-256 in base64url. */
const SHA256 = /^[A-Za-z0-9_-]{43}$/;

/**
 * @param arrivedAt milliseconds since the epoch
 * @throws Problem CLIENT_UNKNOWN, REDIRECT_URI_INVALID, VALIDATION_ERROR for one of these that comes twice: there is nobody
 *   to send an answer to
 */
export async function parseAuthorization(
  parameters: AuthorizationParameters,
  readHint: ReadHint,
  arrivedAt: number,
): Promise<ParsedAuthorization> {
  const { clientId, redirectUri } = addressee(parameters);
  const answerable = { clientId, redirectUri, ...answerWay(parameters, redirectUri) };
  try {
    return { request: { ...answerable, ...(await rest(parameters, readHint, clientId)), arrivedAt } };
  } catch (thrown) {
    if (!(thrown instanceof AuthorizationFault)) throw thrown;
    return { fault: { error: thrown.error, description: thrown.message }, answerable };
  }
}

/** The values of a parameter; one without a value is as good as omitted (RFC 6749 §3.1). */
const valuesOf = (parameters: AuthorizationParameters, name: string) =>
  (parameters[name] ?? []).filter((value) => value !== '');

/** Client and URI before all else: as long as either is in doubt, nothing is sent to the URI (S74). */
function addressee(parameters: AuthorizationParameters): Pick<Answerable, 'clientId' | 'redirectUri'> {
  const only = (name: string, code: 'CLIENT_UNKNOWN' | 'REDIRECT_URI_INVALID') => {
    const [value, ...others] = valuesOf(parameters, name);
    if (others.length > 0) throw new Problem('VALIDATION_ERROR');
    if (value === undefined || value.length > MOST_TEXT || !isStorable(value)) throw new Problem(code);
    return value;
  };
  return {
    clientId: only('client_id', 'CLIENT_UNKNOWN') as ClientId,
    redirectUri: only('redirect_uri', 'REDIRECT_URI_INVALID'),
  };
}

/** How even a fault is answered: only what is certain. */
function answerWay(
  parameters: AuthorizationParameters,
  redirectUri: string,
): Pick<Answerable, 'responseMode' | 'state'> {
  const states = valuesOf(parameters, 'state');
  const [state = ''] = states;
  const isState = states.length === 1 && state.length <= MOST_STATE && isStorable(state);
  const modes = valuesOf(parameters, 'response_mode');
  return {
    responseMode: modes.length === 1 && modes[0] === 'form_post' && canPost(redirectUri) ? 'form_post' : 'query',
    ...(isState ? { state } : {}),
  };
}

/** No form can be posted to an application on a device. */
const canPost = (redirectUri: string) => /^https?:/i.test(redirectUri);

async function rest(
  parameters: AuthorizationParameters,
  readHint: ReadHint,
  clientId: ClientId,
): Promise<Omit<AuthorizationRequest, keyof Answerable | 'arrivedAt'>> {
  const one = reader(parameters);
  refuseUnsupported(parameters);
  one('state', MOST_STATE);
  checkResponse(one, parameters);
  const claims = parseClaims(one('claims'));
  return withoutUndefined({
    nonce: one('nonce', MOST_STATE),
    scope: parseScope(one('scope') ?? ''),
    resource: parseResources(parameters),
    codeChallenge: parseChallenge(one('code_challenge'), one('code_challenge_method')),
    dpopJkt: shaped(one('dpop_jkt'), SHA256, 'dpop_jkt is not the SHA-256 thumbprint of a key.'),
    prompt: parsePrompt(one('prompt')),
    maxAge: parseMaxAge(one('max_age')),
    loginHint: one('login_hint', 320),
    uiLocales: words(one('ui_locales')),
    acrValues: words(one('acr_values')),
    claims: claims?.claims,
    hintedSub: await parseHint(one('id_token_hint'), claims?.sub, (token) => readHint(token, clientId)),
  });
}

type Reader = (name: string, most?: number) => string | undefined;

const reader =
  (parameters: AuthorizationParameters): Reader =>
  (name, most = MOST_TEXT) => {
    const [value, ...others] = valuesOf(parameters, name);
    if (others.length > 0) throw invalid(`${name} comes more than once.`);
    if (value === undefined) return undefined;
    if (value.length > most) throw invalid(`${name} has more than ${most} characters.`);
    if (!isStorable(value)) throw invalid(`${name} is not well-formed text.`);
    return value;
  };

const invalid = (description: string) => new AuthorizationFault('invalid_request', description);

/** A client that sends one of these means it: to go on without would be to answer another request (Core §6, §7.2.1). */
function refuseUnsupported(parameters: AuthorizationParameters): void {
  for (const [name, error] of [
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ] as const) {
    if (valuesOf(parameters, name).length > 0) throw new AuthorizationFault(error, `${name} is not supported here.`);
  }
}

function checkResponse(one: Reader, parameters: AuthorizationParameters): void {
  const type = one('response_type');
  if (type === undefined) throw invalid('response_type is missing.');
  if (type !== 'code') throw new AuthorizationFault('unsupported_response_type', 'response_type can only be code.');
  const mode = one('response_mode') ?? 'query';
  if (mode !== 'query' && mode !== 'form_post') throw invalid('response_mode can be query or form_post.');
  const [redirectUri = ''] = valuesOf(parameters, 'redirect_uri');
  if (mode === 'form_post' && !canPost(redirectUri)) throw invalid('No form can be posted to this redirect_uri.');
}

/** S256 alone; `plain`, which a challenge without a method means, would show the verifier (RFC 9700 §2.1.1). */
function parseChallenge(challenge: string | undefined, method: string | undefined): string | undefined {
  if (challenge === undefined) {
    if (method !== undefined) throw invalid('code_challenge_method comes without a code_challenge.');
    return undefined;
  }
  if (method !== 'S256') throw invalid('code_challenge_method has to be S256.');
  return shaped(challenge, SHA256, 'code_challenge is not 43 characters of base64url.');
}

function shaped(value: string | undefined, shape: RegExp, description: string): string | undefined {
  if (value !== undefined && !shape.test(value)) throw invalid(description);
  return value;
}

function parsePrompt(text: string | undefined): Prompt[] {
  const given = words(text) ?? [];
  const known = prompts.filter((prompt) => given.includes(prompt));
  // Initiating User Registration §4.1: one that is not known is no reason to show less than was asked for.
  if (given.some((value) => !known.includes(value as Prompt))) throw invalid('prompt has a value that is not known.');
  if (known.includes('none') && known.length > 1) throw invalid('prompt=none stands alone.');
  return known;
}

function parseMaxAge(text: string | undefined): number | undefined {
  shaped(text, /^\d{1,9}$/, 'max_age is not a number of seconds.');
  return text === undefined ? undefined : Number(text);
}

/** RFC 8707 §2: absolute URIs without a fragment. It is the one parameter that may come more than once. */
function parseResources(parameters: AuthorizationParameters): string[] {
  const resources = [...new Set(valuesOf(parameters, 'resource'))];
  const isResource = (text: string) =>
    text.length <= MOST_TEXT && isStorable(text) && URL.canParse(text) && !text.includes('#');
  if (resources.length > MOST_VALUES || !resources.every(isResource)) {
    throw new AuthorizationFault(
      'invalid_target',
      `resource is not an absolute URI, or one of more than ${MOST_VALUES}.`,
    );
  }
  return resources;
}

/** @param sub of `claims`: the same wish in other words (Core §5.5.1) */
async function parseHint(
  token: string | undefined,
  sub: string | undefined,
  read: (token: string) => Promise<UserId | null>,
): Promise<string | undefined> {
  if (token === undefined) return sub;
  const hinted = await read(token);
  if (hinted === null) throw invalid('id_token_hint is not an ID token that this client was given.');
  if (sub !== undefined && sub !== hinted) throw invalid('id_token_hint and claims ask for different people.');
  return hinted;
}

/** At most ten, each once. */
function words(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : [...new Set(text.split(/ +/).filter(Boolean))].slice(0, MOST_VALUES);
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** JSON has no `undefined`, and a type with exact optional properties takes none. */
const withoutUndefined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
