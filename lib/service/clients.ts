/** The clients that a stage's settings name, completed and checked. */
import {
  type ClientMetadata,
  completeMetadata,
  type GivenMetadata,
  type MetadataSettings,
  metadataFaults,
} from '../../functions/domain/client-metadata.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import type { ClientSettings } from './settings/clients.ts';

/** As the job that applies it gets it (functions/jobs/apply-clients.ts). */
export interface ClientOfSettings {
  readonly clientId: ClientId;
  readonly metadata: ClientMetadata;
}

/** As the domain has it. */
export const givenMetadata = (given: ClientSettings): GivenMetadata =>
  Object.fromEntries(Object.entries(given).map(([field, value]) => [snake(field), value])) as unknown as GivenMetadata;

/** Of a fault's pointer, below the client's own setting. */
export const settingPath = (pointer: string): string[] => pointer.split('/').slice(1).map(camel);

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const clientsOf = (
  clients: Readonly<Record<string, ClientSettings>>,
  settings: MetadataSettings,
): ClientOfSettings[] =>
  Object.entries(clients).map(([name, given]) => {
    const clientId = name as ClientId;
    return { clientId, metadata: completeMetadata(givenMetadata(given), clientId, settings) };
  });

/** Every fault, with the path of its setting below `clients`. */
export function clientFaults(clients: Readonly<Record<string, ClientSettings>>, settings: MetadataSettings) {
  const all = clientsOf(clients, settings);
  return all.flatMap(({ clientId, metadata }) => [
    ...metadataFaults(metadata, clientId, settings).map(({ pointer, detail }) => ({
      path: [clientId as string, ...settingPath(pointer)],
      message: detail,
    })),
    ...resourceFaults(all, { clientId, metadata }),
  ]);
}

/** As of the stage's audience: a service that one client has tokens for must not take another's ID tokens for those. */
const resourceFaults = (all: readonly ClientOfSettings[], { clientId, metadata: { audiences } }: ClientOfSettings) =>
  all
    .filter((other) => other.clientId !== clientId && other.metadata.scopes.includes('openid'))
    .map((other) => ({ path: [clientId as string, 'audiences', audiences.indexOf(other.clientId)] as const }))
    .filter(({ path: [, , index] }) => index >= 0)
    .map(({ path }) => ({ path: path.map(String), message: 'must not be a client that gets ID tokens' }));

/** Those for which Secrets Manager makes a secret. */
export const namesWithSecrets = (clients: readonly ClientOfSettings[]): string[] =>
  clients.filter(({ metadata }) => metadata.authentication === 'client_secret').map(({ clientId }) => clientId);
