/** The service on the local host as `npm start` runs it, but with the rate limits off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { startHost } from '../../lib/local/host.ts';
import { newClient } from '../support/clients.ts';
import { registered } from './oauth-clients.ts';
import { serveUntilToldToStop } from './processes.ts';

const { passwordHasher } = JSON.parse(process.argv[2] ?? '{}') as { passwordHasher: 'wasm' | 'native' };
const directory = await mkdtemp(join(tmpdir(), 'bench-'));
const host = await startHost({
  port: 0,
  awsPort: 0,
  directory,
  bundles: await freshBundles(),
  // The relay has a bench of its own.
  schedules: false,
  service: { rateLimiting: 'off', passwordHasher },
});
const { basic } = await newClient(host, 'confidential', {
  ...registered,
  grants: ['authorization_code', 'refresh_token', 'client_credentials'],
});
serveUntilToldToStop(
  { url: host.url, basic: basic.authorization, connectionString: host.database.connectionString },
  async () => {
    await host.stop();
    await rm(directory, { recursive: true, force: true });
  },
);
