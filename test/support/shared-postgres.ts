/** One PostgreSQL for a whole run of tests, and a migrated database; each test file gets a copy of it. */

import { startHost } from '../../lib/local/host.ts';
import { createDatabase, type Postgres } from '../../lib/local/postgres.ts';
import { ensureOwner, type SharedDatabase } from '../../lib/local/stage-database.ts';
import { type DatabaseRole, newRole } from '../../lib/local/stage-secrets.ts';
import { functions } from '../../lib/service/functions.ts';

/** What the test files get: it passes between processes as JSON. */
export interface SharedPostgres {
  readonly server: Pick<Postgres, 'host' | 'port' | 'superuser'>;
  readonly owner: DatabaseRole;
  /** The folder of the host that made the template: keys and secrets of a stage that was deployed. */
  readonly deployed: string;
}

const TEMPLATE = 'identity_template';

/** Deploys a stage by its own jobs: the database that is copied is migrated, and there are keys and secrets to copy. */
export async function makeTemplate(postgres: Postgres, bundles: string, directory: string): Promise<SharedPostgres> {
  const owner = newRole('identity_owner');
  await ensureOwner(postgres, owner);
  await createDatabase(postgres, TEMPLATE, { owner: owner.username });
  const host = await startHost({
    port: 0,
    awsPort: 0,
    directory,
    bundles,
    functions: functions.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'deploy')),
    database: { postgres, name: TEMPLATE, owner },
    schedules: false,
  });
  await host.stop();
  const { host: address, port, superuser } = postgres;
  return { server: { host: address, port, superuser }, owner, deployed: directory };
}

export async function newTestDatabase({ server, owner }: SharedPostgres, name: string): Promise<SharedDatabase> {
  // The run's own process ends it, and is notified of its end.
  const postgres: Postgres = { ...server, onExit: () => {}, stop: async () => {} };
  await createDatabase(postgres, name, { owner: owner.username, template: TEMPLATE });
  return { postgres, name, owner };
}
