/**
 * The operator's commands as bundles, made once for each run of tests: loading a command's hundreds of files and
 * stripping their types takes longer than what it does. That each starts from its own file is tried by
 * `test/local/scripts.test.ts`, and by `.ci/run` against `npm start`.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { madeWhileBundling } from '../../lib/build/bundle.ts';
import { repoRoot } from '../../lib/build/folders.ts';

const commands = ['audit', 'clients', 'doctor', 'keys', 'outbox', 'users'];

/** A file that looks for others beside it finds them where it was. */
const asInPlace: Plugin = {
  name: 'as-in-place',
  setup({ onLoad }) {
    const ours = new Set(
      globSync('{bin,functions,lib}/**/*.ts', { cwd: repoRoot }).map((file) => join(repoRoot, file)),
    );
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = ours.has(path) ? readFileSync(path, 'utf8') : '';
      if (!source.includes('import.meta.')) return undefined;
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};

/** @param into gets a file for each command, and what they share */
export async function bundleCommands(into: string): Promise<void> {
  await build({
    entryPoints: commands.map((name) => join(repoRoot, 'bin', `${name}.ts`)),
    outdir: into,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: repoRoot,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    charset: 'utf8',
    legalComments: 'none',
    // Some packages under the SDK are CommonJS and call require() for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    external: ['@node-rs/argon2'],
    plugins: [madeWhileBundling, asInPlace],
  });
}

/** @param file under bin, with its ending */
export const bundledCommand = (directory: string, file: string): string =>
  join(directory, `${basename(file, '.ts')}.mjs`);
