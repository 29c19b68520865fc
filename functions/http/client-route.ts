/** Routes for OAuth clients, which show who they are as RFC 6749 §2.3.1 has it, and read its errors (§5.2). */
import type { Schema } from '../contracts/http.ts';
import { type Client, JWT_BEARER, TOKEN_EXCHANGE } from '../domain/client.ts';
import { ASSERTION_TYPE, type ClientCredentials, tokenTypes } from '../domain/client-credentials.ts';
import { isOriginOf } from '../domain/client-origins.ts';
import { Problem } from '../domain/problem.ts';
import { isStorable } from '../domain/storable-text.ts';
import { type Answerer, type Awaitable, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { RawRequest } from './messages.ts';
import { oauthProblem } from './oauth-problem.ts';

/**
 * @param findClient verifies the credentials; null for those that are no client's, or not by this method. Handed in, so
 *   that a bundle holds only its own way of asking
 */
export function clientRoute<Caller extends ShowsOrigins, B extends Schema, Q extends Schema | undefined = undefined>(
  findClient: (credentials: ClientCredentials, now: Date) => Awaitable<Caller | null>,
  takes: Takes<B, Q> & { readonly body: B },
  answer: Answerer<B, Q, Caller>,
): RouteHandler {
  const admit = async ({ headers, context }: RawRequest, sent: () => unknown) => {
    const { authorization } = headers;
    // Where JSON is taken too, a body may be `null`.
    const credentials = credentialsOf(authorization, withoutEmpty(sent() ?? {}));
    const client = credentials && (await findClient(credentials, context.now));
    if (!client) throw unknownClient(authorization);
    return client;
  };
  return makeRoute(
    { auth: 'client', door: 'oauth', cors: 'clients', sayProblem: oauthProblem, admit, isOriginOf: isOriginOfClient },
    takes,
    answer,
  );
}

/** Whoever is found by credentials: with the client, whose pages may read what is answered. */
interface ShowsOrigins {
  readonly client: Pick<Client, 'redirect_uris'>;
}

const isOriginOfClient = (origin: string, { client }: ShowsOrigins) => isOriginOf(origin, client.redirect_uris);

/** RFC 6749 §3.2: a parameter without a value is as good as omitted. Clients without a secret send `client_secret=`. */
const withoutEmpty = (sent: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''));

/** Section 5.2: the answer to a client that tried a scheme of HTTP names the scheme that there is. */
const unknownClient = (authorization: string | undefined) =>
  new Problem(
    'CLIENT_INVALID',
    authorization === undefined ? {} : { headers: { 'www-authenticate': 'Basic realm="oauth"' } },
  );

/**
 * @returns null for none, or such as cannot be read
 * @throws Problem VALIDATION_ERROR for two ways at once (§2.3)
 */
function credentialsOf(
  authorization: string | undefined,
  sent: Readonly<Record<string, unknown>>,
): ClientCredentials | null {
  const { client_id: id, client_secret: secret, client_assertion: assertion, client_assertion_type: type } = sent;
  const ways = [authorization, secret, assertion ?? type].filter((way) => way !== undefined);
  const workload = workloadToken(sent);
  if (ways.length > 1 || (ways.length === 1 && workload?.isSubject === false)) {
    throw invalid('A client authenticates in one way, not in two.');
  }
  if (authorization !== undefined) {
    const basic = basicCredentials(authorization);
    if (basic && id !== undefined && id !== basic.clientId) {
      throw invalid('The form names another client than the Authorization header.');
    }
    return basic;
  }
  if (id !== undefined && typeof id !== 'string') return null;
  if (workload && ways.length === 0) {
    return { method: 'workload', ...workload, ...(id === undefined ? {} : { clientId: id }) };
  }
  if (assertion !== undefined || type !== undefined) {
    if (type !== ASSERTION_TYPE) throw invalid(`The client_assertion_type has to be ${ASSERTION_TYPE}.`);
    if (typeof assertion !== 'string') throw invalid('The client_assertion is missing.');
    return { method: 'private_key_jwt', assertion, ...(id === undefined ? {} : { clientId: id }) };
  }
  if (id === undefined) return null;
  return typeof secret === 'string'
    ? { method: 'client_secret_post', clientId: id, clientSecret: secret }
    : { method: 'none', clientId: id };
}

/** At the token endpoint: a workload shows its platform's token, and nothing else. */
function workloadToken(sent: Readonly<Record<string, unknown>>) {
  const { grant_type: grant, assertion, subject_token: subject, subject_token_type: type } = sent;
  if (grant === JWT_BEARER) {
    if (typeof assertion !== 'string') throw invalid('The assertion is missing.');
    return { token: assertion, isSubject: false };
  }
  const isSubject = grant === TOKEN_EXCHANGE && type === tokenTypes.jwt && typeof subject === 'string';
  return isSubject ? { token: subject, isSubject } : null;
}

const invalid = (detail: string) => new Problem('VALIDATION_ERROR', { detail });

/** RFC 7617 §2; both parts are form-encoded before, by RFC 6749 §2.3.1, so that a colon may stand in either. */
function basicCredentials(authorization: string): ClientCredentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  try {
    const [clientId = '', clientSecret = ''] = [id, secret.join(':')].map(formDecoded);
    // A look-up by text that the database cannot hold would fail, not find nothing.
    if (secret.length === 0 || clientId === '' || !isStorable(clientId) || !isStorable(clientSecret)) return null;
    return { method: 'client_secret_basic', clientId, clientSecret };
  } catch {
    return null;
  }
}

/** @throws URIError for percent signs that encode nothing */
const formDecoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
