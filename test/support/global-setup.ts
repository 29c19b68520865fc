/** Once for each run of tests: bundles the functions, and starts a PostgreSQL that all test files share. */
import { chmod, link, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleFunctions, repoRoot } from '../../lib/build/bundle.ts';
import { bundleTokenAuthorizer } from '../../lib/build/token-authorizer.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { startPostgres } from '../../lib/local/postgres.ts';
import { functions } from '../../lib/service/functions.ts';
import { bundleCommands } from './operator-bundles.ts';
import { makeTemplate, type SharedPostgres } from './shared-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Holds a folder for each function, as it is deployed. */
    bundles: string;
    /** The same with what functions share in files beside the folders, for environments that functions share. */
    splitBundles: string;
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
  const bundles = join(built, 'alone');
  const splitBundles = join(built, 'split');
  const commandBundles = join(built, 'commands');
  const starting = startPostgres({ directory: join(directory, 'postgres'), durable: false });
  const teardown = async () => {
    await starting.then((postgres) => postgres.stop());
    await Promise.all([directory, built].map((path) => rm(path, { recursive: true, force: true })));
  };
  try {
    const [postgres] = await Promise.all([
      starting,
      freshBundles().then((built) => linkFiles(built, bundles)),
      bundleFunctions(functions, splitBundles, { splitting: true }),
      bundleTokenAuthorizer(),
      bundleCommands(commandBundles),
    ]);
    provide('bundles', bundles);
    provide('splitBundles', splitBundles);
    provide('commandBundles', commandBundles);
    provide('runDirectory', directory);
    provide('sharedPostgres', await makeTemplate(postgres, bundles, join(directory, 'template')));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** What `npm start` would run takes ten seconds to build, and is built anew under this run when a source changes. */
async function linkFiles(from: string, into: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const target = join(into, relative(from, file));
    makeDirectory(dirname(target));
    await link(file, target);
  }
}
