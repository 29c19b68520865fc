/** A host with a database of its own for one bench, and access to that database as its owner. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { type Host, type HostOptions, startHost } from '../../lib/local/host.ts';
import { type DatabaseView, viewDatabase } from '../support/database-view.ts';

export async function withHost<T>(
  options: Partial<HostOptions>,
  work: (host: Host & DatabaseView) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const host = await startHost({ port: 0, awsPort: 0, directory, bundles: await freshBundles(), ...options });
  const { view, close } = viewDatabase(host.database.connectionString);
  try {
    return await work({ ...host, ...view });
  } finally {
    await close();
    await host.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
