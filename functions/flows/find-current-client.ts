/**
 * A client as it is now: of a document that is not fresh any more, as the document says now (S78). Faults are not kept: the
 * next request finds the document that was mended.
 */
import { RegisterClientRequest } from '../contracts/http/registration.ts';
import { isWithin } from '../domain/age.ts';
import { documentIn, freshUntil, isAddress, isDocumentId, MOST_DOCUMENT_BYTES } from '../domain/client-document.ts';
import { type RegistrationSettings, readMetadata } from '../domain/client-registration.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { Cause, RequestContext } from '../domain/request-context.ts';
import { log } from '../runtime/log.ts';
import { saveClient } from '../store/clients.ts';
import { type FoundClient, findClient } from '../store/find-clients.ts';
import { admit } from '../store/rate-limits.ts';
import type { Needing, Needs } from './needs.ts';

const bounds = { mostBytes: MOST_DOCUMENT_BYTES, patience: 3_000, accept: 'application/json' };
/** Of public addresses alone (functions/runtime/fetch-public.ts). */
type Fetch = (
  uri: string,
  within: typeof bounds,
) => Promise<{ readonly body: Buffer; readonly contentType: string; readonly cacheControl: string }>;

export type DocumentNeeds = Needing<'database', RegistrationSettings> & { readonly fetch: Fetch };

/** Milliseconds: whoever comes so soon after another has what that one was answered. So nobody's host is asked more often. */
const TOGETHER = 5_000;
const MOST_AT_ONCE = 1_000;
const DAY = 24 * 60 * 60 * 1000;

/**
 * @returns a function that finds a client, null where there is none. Of a document that nobody has come with yet it reads
 *   nothing, unless it is told whom to count that for
 */
export function currentClients(needs: DocumentNeeds) {
  const begun = new Map<ClientId, { readonly at: number; readonly read: Promise<boolean> }>();

  function readOnce(clientId: ClientId, isKnown: boolean, cause: Cause): Promise<boolean> {
    const last = begun.get(clientId);
    if (last && isWithin(last.at, TOGETHER)) return last.read;
    const read = readDocument(needs, clientId, isKnown, cause);
    begun.delete(clientId);
    begun.set(clientId, { at: Date.now(), read });
    const [oldest] = begun.keys();
    if (begun.size > MOST_AT_ONCE && oldest !== undefined) begun.delete(oldest);
    return read;
  }

  return async (clientId: ClientId, cause: Cause, admitUnknown?: () => Promise<void>): Promise<FoundClient | null> => {
    if (!isAddress(clientId)) return findClient(needs.database, clientId);
    if (!needs.settings.registration.documents || !isDocumentId(clientId, needs.settings)) return null;
    const known = await findClient(needs.database, clientId);
    if ((known?.fresh_until ?? 0) > cause.now.getTime()) return known;
    if (!known) {
      if (!admitUnknown) return null;
      await admitUnknown();
    }
    return (await readOnce(clientId, known !== null, cause)) ? findClient(needs.database, clientId) : null;
  };
}

export type CurrentClients = ReturnType<typeof currentClients>;

/** Documents that nobody has come with before are counted as registrations are. @throws Problem RATE_LIMITED */
export async function admitDocument(
  { database, pseudonyms, settings }: Pick<Needs, 'database' | 'pseudonyms'> & { readonly settings: LimitSettings },
  context: RequestContext,
): Promise<void> {
  const limits = limitsAt(context.now, await pseudonyms(), settings);
  const counted = [...limits.byIp('registrationPerIp', context.ipAddress), ...limits.by('registrationInAll', '')];
  const exceeded = await admit(database, counted, context);
  if (exceeded) throw tooMany(exceeded);
}

/**
 * @returns whether it says what a client is; false also where a client that nobody has come with yet cannot be had now: whoever
 *   names a dead host makes no outage of ours
 * @throws Problem SERVICE_UNAVAILABLE where a known one cannot be had now
 */
async function readDocument(
  { database, fetch, settings }: DocumentNeeds,
  clientId: ClientId,
  isKnown: boolean,
  cause: Cause,
) {
  const refuse = (reason: string) => {
    log('warn', "a client's document is not taken", { client_id: clientId, reason });
    return false;
  };
  const fetched = await fetch(clientId, bounds).catch((error: Error & { readonly isPassing?: boolean }) => {
    refuse(error.message);
    if (error.isPassing && isKnown) throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 5, cause: error });
    return null;
  });
  if (!fetched) return false;
  if (!/^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i.test(fetched.contentType)) return refuse('it is no JSON');
  const document = documentIn(fetched.body);
  if (document?.client_id !== clientId) return refuse('it is not the document of this client_id');
  if ('client_secret' in document || 'client_secret_expires_at' in document) return refuse('it has a secret');
  const method = document.token_endpoint_auth_method ?? 'none';
  if (method !== 'none' && method !== 'private_key_jwt')
    return refuse('its authentication is for clients with secrets');
  const sent = RegisterClientRequest.safeParse({ ...document, token_endpoint_auth_method: method });
  if (!sent.success) return refuse(`${sent.error.issues[0]?.path.join('.')} is of another type`);
  const { metadata, faults } = readMetadata(sent.data, clientId, settings);
  if (faults.length > 0) return refuse(faults.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join('; '));
  const outcome = await saveClient(
    database,
    'document',
    {
      clientId,
      source: 'document',
      orgId: null,
      metadata,
      secrets: { hashes: [] },
      ownDoing: {
        freshUntil: freshUntil(fetched.cacheControl, cause.now),
        idleAt: new Date(cause.now.getTime() + DAY),
      },
    },
    'either',
    cause,
  );
  return ['created', 'changed', 'unchanged'].includes(outcome) || refuse(outcome);
}
