/**
 * What an operator does to OAuth clients, in the stage's database and, for the secrets of the settings' clients, in Secrets
 * Manager. Those that the settings name are changed and removed there alone; `npm run clients` shows them.
 */
import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { v4 } from 'uuid';
import { storedSecretHashes } from '../../functions/aws/client-secrets.ts';
import { secretVersion } from '../../functions/aws/secret-version.ts';
import type { GivenMetadata } from '../../functions/domain/client-metadata.ts';
import { newClientSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId, CorrelationId } from '../../functions/domain/ids.ts';
import { Problem } from '../../functions/domain/problem.ts';
import { assertAllowed } from '../../functions/domain/refusal.ts';
import type { Cause } from '../../functions/domain/request-context.ts';
import * as client from '../../functions/flows/administer-clients.ts';
import { readClient, type SavedClient } from '../../functions/flows/administer-clients.ts';
import { type ListedClient, listClients } from '../../functions/store/administered-clients.ts';
import { changeSecrets } from '../../functions/store/client-secrets.ts';
import type { Database } from '../../functions/store/database.ts';
import { camel, givenMetadata, settingPath } from '../service/clients.ts';
import type { StageSettings } from '../service/config.ts';
import { clientSecretPurpose, secretDescription } from '../service/environment.ts';
import { clientSetting } from '../service/settings/clients.ts';
import { LOCAL } from './stage.ts';

export interface ClientOperator {
  readonly database: Database;
  readonly settings: StageSettings;
}

/** What a command shows of a client; the secret only when it was made by it. */
export interface Shown {
  readonly client_id: ClientId;
  readonly client_secret?: string;
  /** Where Secrets Manager has the secret, of a client of the settings. */
  readonly secret_in?: string;
}

const cause = (): Cause => ({ correlationId: v4() as CorrelationId, ipAddress: null, now: new Date() });
const needs = ({ database, settings: { service } }: ClientOperator) => ({ database, settings: service });
const PAGE = 200;

const time = (milliseconds: number) => new Date(milliseconds).toISOString();
const dated = <C extends { readonly created_at: number; readonly updated_at: number }>(client: C) => ({
  ...client,
  created_at: time(client.created_at),
  updated_at: time(client.updated_at),
});

export async function allClients({ database }: ClientOperator) {
  const all: ListedClient[] = [];
  for (;;) {
    const page = { after: all.at(-1)?.client_id ?? null, limit: PAGE };
    const { clients } = await listClients(database, 'operator', page, cause());
    all.push(...clients.slice(0, PAGE));
    if (clients.length <= PAGE) return all.map(dated);
  }
}

/** Of its secrets, when they were made. @throws Error of one line when there is none */
export async function showClient(operator: ClientOperator, clientId: ClientId) {
  const { secrets, ...client } = await said(readClient(operator, 'operator', clientId, cause()), clientId);
  return {
    ...dated(client),
    secrets: secrets.map(({ secret_id, created_at, expires_at }) => ({
      secret_id,
      created_at: time(created_at),
      expires_at: expires_at === null ? null : time(expires_at),
    })),
  };
}

/** @throws Error of a line for each fault */
export const createClient = async (operator: ClientOperator, given: unknown): Promise<Shown> =>
  shown(await said(client.createClient(needs(operator), 'operator', read(given), cause())));

/** @throws Error of a line for each fault */
export const changeClient = async (operator: ClientOperator, clientId: ClientId, given: unknown): Promise<Shown> =>
  shown(await said(client.changeClient(needs(operator), 'operator', clientId, read(given), cause()), clientId));

/** Its sessions end, too, however many there are. */
export const deleteClient = (operator: ClientOperator, clientId: ClientId): Promise<void> =>
  said(
    client.removeClient(operator, 'operator', clientId, cause(), () => true),
    clientId,
  );

/**
 * Gives it another secret. The one before counts until the next time, or until it is dropped.
 * @returns the secret; for a client of the settings, where in Secrets Manager its service reads it
 */
export async function rotateClientSecret(operator: ClientOperator, clientId: ClientId): Promise<Shown> {
  if (!(await isOfSettings(operator, clientId))) {
    const { secret } = await said(client.rotateSecret(operator, 'operator', clientId, cause()), clientId);
    return { client_id: clientId, client_secret: secret };
  }
  const secret_in = await putSecret(operator, clientId, newClientSecret());
  await applyStored(operator, clientId);
  return { client_id: clientId, secret_in };
}

/** Takes the secret back that counted before the last rotation: within a minute no function takes it. */
export async function dropClientSecret(operator: ClientOperator, clientId: ClientId): Promise<void> {
  if (!(await isOfSettings(operator, clientId))) {
    return said(client.dropSecret(operator, 'operator', clientId, 'older', cause()), clientId);
  }
  await dropStored(operator, clientId);
  await applyStored(operator, clientId);
}

const shown = ({ client: { client_id }, secret }: SavedClient): Shown => ({
  client_id,
  ...(secret === undefined ? {} : { client_secret: secret }),
});

async function isOfSettings(operator: ClientOperator, clientId: ClientId): Promise<boolean> {
  const { source, authentication } = await said(readClient(operator, 'operator', clientId, cause()), clientId);
  if (authentication !== 'client_secret') throw new Error(`${clientId} shows no secret`);
  return source === 'settings';
}

/** What Secrets Manager has by now; killed before it, the next deployment does it. */
async function applyStored(operator: ClientOperator, clientId: ClientId): Promise<void> {
  const change = { exactly: await storedSecretHashes(secretsManager(), await secretIdOf(operator, clientId)) };
  assertAllowed(await changeSecrets(operator.database, 'operator', { clientId, source: 'settings' }, change, cause()));
}

function read(given: unknown): GivenMetadata {
  const parsed = clientSetting.safeParse(inWordsOfSettings(given));
  if (!parsed.success) throw badClient(parsed.error.issues.map(({ path, message }) => [path.join('.'), message]));
  return givenMetadata(parsed.data);
}

/** What `show` prints beside what is registered. */
const SHOWN_ALONE = new Set(['client_id', 'source', 'org_id', 'created_at', 'updated_at', 'secrets']);

/** A file is as the settings have a client, or as `show` printed it: whoever changes one begins with that. */
function inWordsOfSettings(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const registered = Object.entries(given).filter(([field, value]) => value !== null && !SHOWN_ALONE.has(field));
  return Object.fromEntries(registered.map(([field, value]) => [camel(field), value]));
}

/** A problem in the words of a command. */
async function said<T>(work: Promise<T>, clientId = 'client'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.errors) throw badClient(error.errors.map((one) => [settingPath(one.pointer).join('.'), one.detail]));
    throw new Error(error.code === 'RESOURCE_NOT_FOUND' ? `No client ${clientId}` : `${clientId}: ${error.message}`);
  }
}

const badClient = (faults: readonly (readonly [field: string, detail: string])[]) =>
  new Error(['Bad client:', ...faults.map(([field, detail]) => `  ${field || 'client'}: ${detail}`)].join('\n'));

const secretsManager = () => new SecretsManagerClient({});

async function secretIdOf({ settings: { stage } }: ClientOperator, clientId: ClientId): Promise<string> {
  if (stage === LOCAL) return `identity-local/clients/${clientId}`;
  const description = secretDescription(stage, clientSecretPurpose(clientId));
  const { SecretList = [] } = await secretsManager().send(
    new ListSecretsCommand({ Filters: [{ Key: 'description', Values: [description] }] }),
  );
  // The filter also matches longer descriptions that begin with this text, and ignores case.
  const found = SecretList.find(({ Description }) => Description === description)?.ARN;
  if (!found) throw new Error(`No secret of ${clientId} of stage ${stage} in this account and region`);
  return found;
}

async function putSecret(operator: ClientOperator, clientId: ClientId, client_secret: string): Promise<string> {
  const SecretString = JSON.stringify({ client_id: clientId, client_secret });
  const SecretId = await secretIdOf(operator, clientId);
  await secretsManager().send(new PutSecretValueCommand({ SecretId, SecretString }));
  return SecretId;
}

async function dropStored(operator: ClientOperator, clientId: ClientId): Promise<void> {
  const SecretId = await secretIdOf(operator, clientId);
  const previous = await secretVersion(secretsManager(), SecretId, 'AWSPREVIOUS');
  if (!previous) throw new Error(`${clientId} has one secret: there is none to drop. Rotate it first if it leaked.`);
  await secretsManager().send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSPREVIOUS',
      RemoveFromVersionId: previous.VersionId,
    }),
  );
}
