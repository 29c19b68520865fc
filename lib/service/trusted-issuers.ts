/** The issuers that a stage trusts: checked with its clients, and as a file, since functions' environments have no room. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientSettings } from './settings/clients.ts';
import type { TrustedIssuerSettings } from './settings/trusted-issuers.ts';

/** @returns the folder, or undefined where there are none */
export function writeTrustedIssuers(issuers: TrustedIssuerSettings, folder: string): string | undefined {
  if (issuers.length === 0) return undefined;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'issuers.json'), JSON.stringify(issuers));
  return folder;
}

/** Every fault, with the path of its setting below `deployment`. The ids of clients of the command begin with `c_`. */
export function trustFaults(issuers: TrustedIssuerSettings, clients: Readonly<Record<string, ClientSettings>>) {
  const named = issuers.flatMap(({ workloads }, issuer) =>
    workloads.map(({ client }, workload) => ({
      client,
      path: ['trustedIssuers', issuer, 'workloads', workload, 'client'],
    })),
  );
  const unknown = named
    .filter(({ client }) => !client.startsWith('c_') && clients[client]?.kind !== 'machine')
    .map(({ path }) => ({ path, message: 'must be a machine among the clients' }));
  const unnamed = Object.entries(clients)
    .filter(([id, { authentication }]) => authentication === 'workload' && !named.some(({ client }) => client === id))
    .map(([id]) => ({ path: ['clients', id, 'authentication'], message: 'needs a workload of trustedIssuers' }));
  return [...unknown, ...unnamed];
}
