import type { AdministeredClient } from '../../../contracts/http/clients.ts';
import type { SavedClient } from '../../../flows/administer-clients.ts';
import type { ClientInFull } from '../../../store/administered-clients.ts';

export const time = (milliseconds: number) => new Date(milliseconds).toISOString();

export const dated = <C extends Pick<ClientInFull, 'created_at' | 'updated_at'>>(client: C) => ({
  ...client,
  created_at: time(client.created_at),
  updated_at: time(client.updated_at),
});

/** A client as administrators see it: of its secrets, when they were made. */
export const administeredClient = ({ secrets, ...client }: ClientInFull) =>
  ({
    ...dated(client),
    secrets: secrets.map(({ secret_id, created_at }) => ({ secret_id, created_at: time(created_at) })),
  }) as unknown as AdministeredClient;

export const savedClient = ({ client, secret }: SavedClient) => ({
  ...administeredClient(client),
  ...(secret === undefined ? {} : { client_secret: secret }),
});
