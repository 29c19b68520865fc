/**
 * Makes the clients of the settings what they are there, and removes those that are there no more; clients that come from
 * elsewhere are left alone. CloudFormation runs it when the settings change, the local host at each start. It may run
 * twice, and be interrupted anywhere: the next run does the rest.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { v4 } from 'uuid';
import { storedSecretHashes } from '../aws/client-secrets.ts';
import { customResource } from '../aws/custom-resource.ts';
import { forJobs } from '../aws/database-retry.ts';
import type { ClientMetadata } from '../domain/client-metadata.ts';
import type { ClientId, CorrelationId } from '../domain/ids.ts';
import type { Cause } from '../domain/request-context.ts';
import { endRemovedClients } from '../flows/end-removed-clients.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { stageDatabase } from '../stage/database.ts';
import { saveClient } from '../store/clients.ts';
import { listSettingsClients } from '../store/find-clients.ts';
import { removeClient } from '../store/removed-clients.ts';

interface Properties {
  /** JSON: `[{"clientId", "metadata"}]`. */
  readonly Clients: string;
  /** By the clients' ids. */
  readonly SecretArns: Readonly<Record<string, string>>;
}

/** No batch of sessions begins with fewer milliseconds left: the sweep ends the others. */
const BATCH_TIME = 30_000;

const database = stageDatabase(forJobs);
const secretsManager = new SecretsManagerClient({});

/** @throws Error when a client of the settings has the id of another */
async function apply({ Clients, SecretArns }: Properties, mayGoOn: () => boolean): Promise<Record<string, string>> {
  const clients: { clientId: ClientId; metadata: ClientMetadata }[] = JSON.parse(Clients);
  const context: Cause = { correlationId: v4() as CorrelationId, ipAddress: null, now: new Date() };
  const outcomes: Record<string, string> = {};
  for (const { clientId, metadata } of clients) {
    const secretArn = SecretArns[clientId];
    const secrets = { hashes: secretArn === undefined ? [] : await storedSecretHashes(secretsManager, secretArn) };
    const client = { clientId, source: 'settings', orgId: null, metadata, secrets } as const;
    const outcome = await saveClient(database, 'settings', client, 'either', context);
    if (!['created', 'changed', 'unchanged'].includes(outcome)) throw new Error(`the client ${clientId}: ${outcome}`);
    outcomes[clientId] = outcome;
  }
  for (const clientId of await listSettingsClients(database)) {
    if (Object.hasOwn(outcomes, clientId)) continue;
    outcomes[clientId] = await removeClient(database, 'settings', { clientId, source: 'settings' }, context);
  }
  await endRemovedClients(database, context, mayGoOn);
  log('info', 'clients applied', { outcomes });
  return outcomes;
}

type Event = CloudFormationCustomResourceEvent | { readonly ResourceProperties: Properties };
const inTime = (context: Context) => () => context.getRemainingTimeInMillis() > BATCH_TIME;

/** @returns on the local host, what became of each client */
export async function handler(event: Event, context: Context): Promise<unknown> {
  setDeadline(context);
  if (!('ResponseURL' in event)) return apply(event.ResourceProperties, inTime(context));
  const asResource = customResource('clients', async ({ RequestType, ResourceProperties }) => {
    // The stack goes; what holds the clients goes with it, or is retained as it is.
    if (RequestType !== 'Delete') await apply(ResourceProperties as unknown as Properties, inTime(context));
    return undefined;
  });
  return asResource(event, context);
}
