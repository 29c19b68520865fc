/**
 * `npm run build`: builds every function and prints its size. Exits with 1 when a function is over its budget. Whoever has the
 * constructs in an app needs it, since a synth builds nothing; with `-- --native` for `passwordHasher: native`.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, bundleFunctions } from '../lib/build/bundle.ts';
import { bundleRoot, nativeBundleRoot, repoRoot } from '../lib/build/folders.ts';
import { addNativeArgon2 } from '../lib/build/native-argon2.ts';
import { bundleTokenAuthorizer } from '../lib/build/token-authorizer.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { runScript } from '../lib/command/run-script.ts';
import { type FunctionSpec, functions } from '../lib/service/functions.ts';

await runScript(async () => {
  const { values } = readArguments('npm run build [-- --native]', { options: { native: { type: 'boolean' } } });
  const built = await bundleFunctions(functions, values.native ? nativeBundleRoot : bundleRoot);
  if (values.native) addNativeArgon2(repoRoot, built);
  await bundleTokenAuthorizer();
  const bundles = new Map(built.map((bundle) => [bundle.name, bundle]));
  const rows = functions.flatMap((spec) => {
    const bundle = bundles.get(spec.name);
    return bundle ? [row(spec, bundle)] : [];
  });
  console.table(Object.fromEntries(rows.map(({ name, ...columns }) => [name, columns])));

  const tooLarge = rows.filter((one) => one.KiB > one['budget KiB']);
  for (const { name } of tooLarge)
    console.error(`${name} is over its budget (lib/service/routes.ts, lib/service/functions.ts)`);
  process.exitCode = tooLarge.length > 0 ? 1 : 0;
});

function row({ name, bundleKiB }: FunctionSpec, { bytes, inputs }: Bundle) {
  return { name, KiB: Math.ceil(bytes / 1024), 'budget KiB': bundleKiB, 'largest sources, KiB': largest(inputs) };
}

/** `@smithy/core 410, zod 130, hash-wasm 98`: sizes of packages and of the repo's own folders, before minifying. */
function largest(inputs: readonly string[]): string {
  const sizes = new Map<string, number>();
  for (const file of inputs) {
    const part = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/');
    // Some inputs are no files: the build makes them, such as the credentials provider.
    const size = statSync(join(repoRoot, file), { throwIfNoEntry: false })?.size ?? 0;
    sizes.set(part, (sizes.get(part) ?? 0) + size);
  }
  return [...sizes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([part, size]) => `${part} ${Math.round(size / 1024)}`)
    .join(', ');
}
