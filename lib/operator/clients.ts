/**
 * What an operator does to OAuth clients, in the stage's database and, for the secrets of the settings' clients, in Secrets
 * Manager. Those that the settings name are changed and removed there alone; `npm run clients` shows them.
 */
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { v4 } from 'uuid';
import { newClientId, type RegisteredClient } from '../../functions/domain/client.ts';
import { hashSecret, newClientSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId, CorrelationId } from '../../functions/domain/ids.ts';
import type { Cause } from '../../functions/domain/request-context.ts';
import { endRemovedClients } from '../../functions/flows/end-removed-clients.ts';
import { removeClient, saveClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { findClient, type ListedClient, listClients } from '../../functions/store/find-clients.ts';
import { type ClientOfSettings, clientFaults, clientsOf } from '../service/clients.ts';
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
}

const cause = (): Cause => ({ correlationId: v4() as CorrelationId, ipAddress: null, now: new Date() });
const PAGE = 200;

export async function allClients({ database }: ClientOperator): Promise<ListedClient[]> {
  const all: ListedClient[] = [];
  for (;;) {
    const page = await listClients(database, { after: all.at(-1)?.client_id ?? null, limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** With the number of its secrets, and without their hashes. @throws Error of one line when there is none */
export async function showClient(operator: ClientOperator, clientId: ClientId) {
  const { secrets, ...client } = await existing(operator, clientId);
  return { ...client, secrets: secrets.length };
}

/** @throws Error of a line for each fault */
export async function createClient(operator: ClientOperator, given: unknown): Promise<Shown> {
  const clientId = newClientId();
  const { metadata } = checked(operator, clientId, given);
  const secret = metadata.authentication === 'client_secret' ? newClientSecret() : undefined;
  const secrets = secret === undefined ? [] : [hashSecret(secret)];
  const client = { clientId, source: 'command', orgId: null, metadata, secrets } as const;
  done(await saveClient(operator.database, 'operator', client, 'create', cause()), clientId);
  return { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) };
}

/** Replaces all that was given of it. It gets a secret if it shows one from now on, and loses those that it shows no more. */
export async function changeClient(operator: ClientOperator, clientId: ClientId, given: unknown): Promise<Shown> {
  const { secrets: before, org_id: orgId } = await existing(operator, clientId);
  const { metadata } = checked(operator, clientId, given);
  const hasSecret = metadata.authentication === 'client_secret';
  const secret = hasSecret && before.length === 0 ? newClientSecret() : undefined;
  const secrets = secret === undefined ? (hasSecret ? {} : { secrets: [] }) : { secrets: [hashSecret(secret)] };
  const client = { clientId, source: 'command', orgId, metadata, ...secrets } as const;
  done(await saveClient(operator.database, 'operator', client, 'change', cause()), clientId);
  return { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) };
}

/** Its sessions end, too, however many there are. */
export async function deleteClient({ database }: ClientOperator, clientId: ClientId): Promise<void> {
  const context = cause();
  done(await removeClient(database, 'operator', { clientId, source: 'command' }, context), clientId);
  await endRemovedClients(database, context, () => true);
}

/**
 * Gives it another secret. The one before counts until the next time, or until it is dropped.
 * @returns the secret, but for a client of the settings, whose service reads it from Secrets Manager
 */
export async function rotateClientSecret(operator: ClientOperator, clientId: ClientId): Promise<Shown> {
  const client = await withSecret(operator, clientId);
  const secret = newClientSecret();
  if (client.source === 'settings') {
    await putSecret(operator, clientId, secret);
    await keepSecrets(operator, client, await storedSecrets(operator, clientId));
    return { client_id: clientId };
  }
  const before = client.secrets.slice(0, 1).map(({ hash }) => Buffer.from(hash, 'hex'));
  await keepSecrets(operator, client, [hashSecret(secret), ...before]);
  return { client_id: clientId, client_secret: secret };
}

/** Takes the secret back that counted before the last rotation: within a minute no function takes it. */
export async function dropClientSecret(operator: ClientOperator, clientId: ClientId): Promise<void> {
  const client = await withSecret(operator, clientId);
  if (client.source === 'settings') {
    await dropStored(operator, clientId);
    await keepSecrets(operator, client, await storedSecrets(operator, clientId));
  } else {
    const newest = client.secrets.slice(0, 1).map(({ hash }) => Buffer.from(hash, 'hex'));
    await keepSecrets(operator, client, newest);
  }
}

const keepSecrets = async (
  { database }: ClientOperator,
  { client_id: clientId, source, org_id: orgId, secrets: _, ...metadata }: RegisteredClient,
  secrets: readonly Uint8Array[],
): Promise<void> =>
  done(
    await saveClient(database, 'operator', { clientId, source, orgId, metadata, secrets }, 'change', cause()),
    clientId,
  );

async function existing({ database }: ClientOperator, clientId: ClientId): Promise<RegisteredClient> {
  const client = await findClient(database, clientId);
  if (!client) throw new Error(`No client ${clientId}`);
  return client;
}

async function withSecret(operator: ClientOperator, clientId: ClientId): Promise<RegisteredClient> {
  const client = await existing(operator, clientId);
  if (client.authentication !== 'client_secret') throw new Error(`${clientId} shows no secret`);
  return client;
}

function checked({ settings: { service } }: ClientOperator, clientId: ClientId, given: unknown): ClientOfSettings {
  const parsed = clientSetting.safeParse(given);
  const issues = parsed.success ? clientFaults({ [clientId]: parsed.data }, service) : parsed.error.issues;
  const lines = issues.map(({ path, message }) => {
    const field = path.filter((part) => part !== clientId).join('.');
    return `  ${field || 'client'}: ${message}`;
  });
  const [client] = parsed.success ? clientsOf({ [clientId]: parsed.data }, service) : [];
  if (lines.length > 0 || !client) throw new Error(`Bad client:\n${lines.join('\n')}`);
  return client;
}

const reasons: Readonly<Record<string, string>> = {
  not_found: 'there is no such client',
  audience_of_client: 'one of its audiences is a client that gets ID tokens, which would open it, too',
  other_source: 'it comes from the settings: change it in cdk.json and deploy',
};

function done(outcome: string, clientId: ClientId): void {
  if (['created', 'changed', 'unchanged', 'removed'].includes(outcome)) return;
  throw new Error(`${clientId}: ${reasons[outcome] ?? outcome}`);
}

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

async function putSecret(operator: ClientOperator, clientId: ClientId, client_secret: string): Promise<void> {
  const SecretString = JSON.stringify({ client_id: clientId, client_secret });
  const SecretId = await secretIdOf(operator, clientId);
  await secretsManager().send(new PutSecretValueCommand({ SecretId, SecretString }));
}

async function dropStored(operator: ClientOperator, clientId: ClientId): Promise<void> {
  const SecretId = await secretIdOf(operator, clientId);
  const previous = await versionOf(SecretId, 'AWSPREVIOUS');
  if (!previous) throw new Error(`${clientId} has one secret: there is none to drop. Rotate it first if it leaked.`);
  await secretsManager().send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSPREVIOUS',
      RemoveFromVersionId: previous.VersionId,
    }),
  );
}

/** As the job of a deployment reads them (functions/jobs/apply-clients.ts). */
async function storedSecrets(operator: ClientOperator, clientId: ClientId): Promise<Buffer[]> {
  const SecretId = await secretIdOf(operator, clientId);
  const versions = await Promise.all(['AWSCURRENT', 'AWSPREVIOUS'].map((stage) => versionOf(SecretId, stage)));
  return versions.flatMap((one) => (one?.SecretString ? [hashSecret(JSON.parse(one.SecretString).client_secret)] : []));
}

async function versionOf(SecretId: string, VersionStage: string) {
  try {
    return await secretsManager().send(new GetSecretValueCommand({ SecretId, VersionStage }));
  } catch (error) {
    if (VersionStage === 'AWSPREVIOUS' && (error as Error).name === 'ResourceNotFoundException') return null;
    throw error;
  }
}
