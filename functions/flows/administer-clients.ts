/** What administrators and operators do to OAuth clients, but for those of the settings, which are changed there alone. */
import { demandedAcr } from '../domain/authentication-level.ts';
import { newClientId } from '../domain/client.ts';
import {
  completeMetadata,
  type GivenMetadata,
  type MetadataSettings,
  metadataFaults,
} from '../domain/client-metadata.ts';
import { hashSecret, newClientSecret } from '../domain/client-secret.ts';
import { type ClientId, newId, type SecretId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { assertAllowed, type Refusal } from '../domain/refusal.ts';
import type { Cause } from '../domain/request-context.ts';
import { stepUp } from '../domain/step-up.ts';
import { type ClientInFull, findClientInFull } from '../store/administered-clients.ts';
import { type ClientAuthor, isAdministrator } from '../store/client-authors.ts';
import { changeSecrets } from '../store/client-secrets.ts';
import * as store from '../store/clients.ts';
import * as removal from '../store/removed-clients.ts';
import { endSessionsOf } from './end-removed-clients.ts';
import type { Needing } from './needs.ts';

type ClientNeeds = Needing<'database', MetadataSettings>;
type Database = Pick<ClientNeeds, 'database'>;

const source = 'command';

export interface SavedClient {
  readonly client: ClientInFull;
  /** It was given this one; it is not shown again. */
  readonly secret?: string;
}

/** @throws Problem VALIDATION_ERROR with each fault, CONFLICT; as every change, those of {@link assertDone} */
export const createClient = (
  needs: ClientNeeds,
  author: ClientAuthor,
  given: GivenMetadata,
  context: Cause,
): Promise<SavedClient> => save(needs, author, newClientId(), given, 'create', context);

/**
 * Replaces all that was given of it. It gets a secret if it shows one from now on, and loses those that it shows no more.
 * @throws Problem VALIDATION_ERROR, RESOURCE_NOT_FOUND, CONFLICT
 */
export const changeClient = (
  needs: ClientNeeds,
  author: ClientAuthor,
  clientId: ClientId,
  given: GivenMetadata,
  context: Cause,
): Promise<SavedClient> => save(needs, author, clientId, given, 'change', context);

async function save(
  { database, settings }: ClientNeeds,
  author: ClientAuthor,
  clientId: ClientId,
  given: GivenMetadata,
  mode: 'create' | 'change',
  context: Cause,
): Promise<SavedClient> {
  const metadata = completeMetadata(given, clientId, settings);
  const errors = metadataFaults(metadata, clientId, settings);
  if (errors.length > 0) throw new Problem('VALIDATION_ERROR', { errors });
  return saveMetadata({ database }, author, { clientId, metadata, source }, mode, context);
}

/** Of metadata without a fault. @throws as {@link changeClient} */
export async function saveMetadata(
  { database }: Database,
  author: ClientAuthor,
  { metadata, ...to }: Pick<store.ClientToSave, 'clientId' | 'metadata' | 'source' | 'ownDoing'>,
  mode: 'create' | 'change',
  context: Cause,
): Promise<SavedClient> {
  const secret = newClientSecret();
  const hash = hashSecret(secret);
  const secrets =
    metadata.authentication === 'client_secret' ? { hashes: [hash], ifNone: true as const } : { hashes: [] };
  const wanted = { ...to, orgId: null, metadata, secrets };
  assertDone(await store.saveClient(database, author, wanted, mode, context), author);
  const client = await readClient({ database }, author, to.clientId, context);
  return client.secrets.some((one) => one.hash === hash.toString('hex')) ? { client, secret } : { client };
}

/** @throws Problem RESOURCE_NOT_FOUND */
export async function readClient(
  { database }: Database,
  author: ClientAuthor,
  clientId: ClientId,
  context: Pick<Cause, 'now'>,
): Promise<ClientInFull> {
  const { verdict, client } = await findClientInFull(database, author, clientId, context);
  assertAllowed(verdict);
  if (!client) throw new Problem('RESOURCE_NOT_FOUND');
  return client;
}

/**
 * Its sessions end, too.
 * @param mayGoOn whether another batch of them may; the sweep ends the others
 * @throws Problem RESOURCE_NOT_FOUND, CONFLICT
 */
export async function removeClient(
  { database }: Database,
  author: ClientAuthor,
  clientId: ClientId,
  context: Cause,
  mayGoOn: () => boolean,
): Promise<void> {
  assertDone(await removal.removeClient(database, author, { clientId, source }, context), author);
  const removed = { client_id: clientId, removed_at: context.now.toISOString() };
  await endSessionsOf(database, removed, context, mayGoOn);
}

/**
 * Gives it another secret. The one before counts until the next time, or until it is dropped.
 * @throws Problem RESOURCE_NOT_FOUND, CONFLICT
 */
export async function rotateSecret({ database }: Database, author: ClientAuthor, clientId: ClientId, context: Cause) {
  const secret = newClientSecret();
  const secretId = newId<SecretId>();
  const change = { add: hashSecret(secret), secretId };
  assertDone(await changeSecrets(database, author, { clientId, source }, change, context), author);
  return { secretId, secret };
}

/**
 * Takes a secret back: within a minute no function takes it.
 * @param which `older`: that which counted before the last rotation
 * @throws Problem RESOURCE_NOT_FOUND, CONFLICT for the only one
 */
export async function dropSecret(
  { database }: Database,
  author: ClientAuthor,
  clientId: ClientId,
  which: SecretId | 'older',
  context: Cause,
): Promise<void> {
  assertDone(await changeSecrets(database, author, { clientId, source }, { drop: which }, context), author);
}

/** @throws Problem of the refusal; REAUTHENTICATION_REQUIRED where an administrator's second factor is not of these minutes */
function assertDone(
  outcome: 'created' | 'changed' | 'unchanged' | 'removed' | 'stale' | Refusal,
  author: ClientAuthor,
): void {
  if (outcome === 'stale' && isAdministrator(author))
    throw stepUp(author.claims, { acr: demandedAcr, maxAge: author.settings.reauthenticationSeconds });
  assertAllowed(outcome as Exclude<typeof outcome, 'stale'>);
}
