/** Once for each run of tests: bundles the functions, and starts a PostgreSQL that all test files share. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleFunctions, repoRoot } from '../../lib/build/bundle.ts';
import { bundleTokenAuthorizer } from '../../lib/build/token-authorizer.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { startPostgres } from '../../lib/local/postgres.ts';
import { functions } from '../../lib/service/functions.ts';
import { idsByTheClock } from './ids-by-the-clock.ts';
import { bundleCommands } from './operator-bundles.ts';
import { makeTemplate, type SharedPostgres } from './shared-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Holds a folder for each function, and beside the folders what functions share. */
    bundles: string;
    /** Made when a test asks for it, by deployed-bundles.ts. */
    deployedBundles: string;
    /** Holds the operator's commands. */
    commandBundles: string;
    /** Removed at the end of the run. */
    runDirectory: string;
    sharedPostgres: SharedPostgres;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'identity-tests-'));
  // If root runs the tests, PostgreSQL runs as another user, who needs access.
  await chmod(directory, 0o755);
  // A folder for each run: another run may be building at the same time.
  const built = await mkdtemp(join(makeDirectory(join(repoRoot, '.build')), 'test-'));
  const bundles = join(built, 'split');
  const commandBundles = join(built, 'commands');
  const starting = startPostgres({ directory: join(directory, 'postgres'), durable: false });
  const teardown = async () => {
    await starting.then((postgres) => postgres.stop());
    await Promise.all([directory, built].map((path) => rm(path, { recursive: true, force: true })));
  };
  try {
    const [postgres] = await Promise.all([
      starting,
      bundleFunctions(functions, bundles, { splitting: true, plugins: [idsByTheClock] }),
      bundleTokenAuthorizer(),
      bundleCommands(commandBundles),
    ]);
    provide('bundles', bundles);
    provide('deployedBundles', join(built, 'deployed'));
    provide('commandBundles', commandBundles);
    provide('runDirectory', directory);
    provide('sharedPostgres', await makeTemplate(postgres, bundles, join(directory, 'template')));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
