/**
 * Bundles all functions of the table in one esbuild call. Both hosts use the output: one folder per function, with
 * `index.mjs` (exports `handler`), its source map, and the function's assets under their own paths.
 */
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { commonPasswords } from '../../functions/domain/common-passwords.ts';
import { makeDirectory } from '../command/make-directory.ts';
import { openApi } from '../openapi/description.ts';
import { type FunctionSpec, functions } from '../service/functions.ts';
import { browserParts } from './browser.ts';
import { bundleRoot, repoRoot } from './folders.ts';

export { bundleRoot, repoRoot };

export interface Bundle {
  readonly name: string;
  /** The folder to upload. */
  readonly directory: string;
  /** Size of index.mjs, bytes. */
  readonly bytes: number;
  /** The files of the repo and of packages that it contains, relative to the repo's root. */
  readonly inputs: readonly string[];
}

export interface BundleOptions {
  /** Whether code of several functions is in files beside their folders, for tests that load many into one thread. */
  readonly splitting?: boolean;
  /** Further ones, for tests. */
  readonly plugins?: readonly Plugin[];
}

/**
 * Bundles the given functions into `<into>/<name>/`; what the folder held before is removed.
 * @throws Error naming the entry file that is missing or does not build.
 */
export async function bundleFunctions(
  specs: readonly FunctionSpec[] = functions,
  into: string = bundleRoot,
  { splitting = false, plugins = [] }: BundleOptions = {},
): Promise<Bundle[]> {
  rmSync(into, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: specs.map((spec) => ({ in: join(repoRoot, spec.entry), out: join(spec.name, 'index') })),
    outdir: into,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: repoRoot,
    bundle: true,
    splitting,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    define: {
      'process.env.SERVICE_VERSION': JSON.stringify(process.env.npm_package_version ?? '0.0.0'),
      // Stringified twice: the variable's value is a text that contains the document.
      'process.env.OPENAPI_DOCUMENT': JSON.stringify(JSON.stringify(openApi())),
    },
    // Some packages under the SDK are CommonJS and call require() for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    // Loaded from beside the bundle, where the settings ask for it: lib/build/native-argon2.ts.
    external: ['@node-rs/argon2'],
    plugins: [environmentCredentialsOnly, leftOut, madeWhileBundling, keptHasher, browserParts, ...plugins],
  });
  return specs.map((spec) => {
    copyAssets(spec, into);
    return describe(spec, metafile, into);
  });
}

/**
 * Lambda puts a function's credentials into its environment. The SDK's default chain (SSO, INI files, process, web
 * identity, IMDS) takes a third of a cold start and is never needed.
 */
const environmentCredentialsOnly: Plugin = {
  name: 'environment-credentials-only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: 'env', namespace: 'credentials' }));
    onLoad({ filter: /.*/, namespace: 'credentials' }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: repoRoot,
    }));
  },
};

/**
 * What the SDK does for each client or call but no function here uses: by file, the contents that replace it. Each
 * costs time at a cold start; the middleware also costs a fifth of a call's CPU time.
 */
const needless: readonly (readonly [file: RegExp, contents: string])[] = [
  // The user's configuration: the SDK would look for its files at each start.
  [
    /\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    `export { CONFIG_PREFIX_SEPARATOR } from './constants';
     export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  ],
  // Event streams.
  [/\/submodules\/event-streams\/index\.js$/, 'export {};'],
  [/\/signature-v4\/dist-es\/HeaderFormatter\.js$/, 'export class HeaderFormatter {}'],
  // A log that is off; headers that describe the SDK; headers for Lambda's detection of recursion, which only covers
  // SQS, SNS, S3 and Lambda.
  [
    /\/middleware-logger\/loggerMiddleware\.js$/,
    noPlugin('getLoggerPlugin', 'loggerMiddleware', 'loggerMiddlewareOptions'),
  ],
  [
    /\/middleware-user-agent\/user-agent-middleware\.js$/,
    noPlugin('getUserAgentPlugin', 'userAgentMiddleware', 'getUserAgentMiddlewareOptions'),
  ],
  [/\/middleware-recursion-detection\/getRecursionDetectionPlugin\.js$/, noPlugin('getRecursionDetectionPlugin')],
  // Also for the header: each client's whole package.json.
  [/\/@aws-sdk\/client-[^/]+\/package\.json$/, 'export default { version: "" };'],
  // A retry mode that no client here uses; a SHA-256 for platforms without Node's.
  [/\/util-retry\/AdaptiveRetryStrategy\.js$/, 'export class AdaptiveRetryStrategy {}'],
  [/\/sha256\/Sha256Js\.js$/, 'export class Sha256Js {}'],
];

/** @param others the file's other exports, which are only re-exported and never used */
function noPlugin(name: string, ...others: readonly string[]): string {
  const unused = others.map((other) => `export const ${other} = undefined;`).join(' ');
  return `export const ${name} = () => ({ applyToStack() {} }); ${unused}`;
}

const leftOut: Plugin = {
  name: 'left-out',
  setup({ onLoad }) {
    for (const [filter, contents] of needless) onLoad({ filter }, () => ({ contents, loader: 'js' }));
    onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/models\/errors\.js$/ }, ({ path }) => ({
      contents: shortened(readFileSync(path, 'utf8'), path),
      resolveDir: dirname(path),
    }));
  },
};

/** A service's error classes are the same ten lines each: one function makes them, since a start parses every byte. */
function shortened(source: string, path: string): string {
  const [base] = /^import \{ \w+ as __BaseException \} from .*$/m.exec(source) ?? [];
  const errors = [...source.matchAll(/class (\w+) extends __BaseException \{[^}]*?\$fault = ("\w+")/g)];
  if (!base || errors.length !== source.match(/^export class /gm)?.length) {
    throw new Error(`${path} does not have the form that the bundler expects`);
  }
  const exported = errors.map(([, name, fault]) => `export const ${name} = error("${name}", ${fault});`);
  return `${base}
    const error = (name, $fault) =>
      class extends __BaseException {
        constructor(fields) {
          super({ ...fields, name, $fault });
          Object.assign(this, fields, { name, $fault });
        }
      };
    ${exported.join('\n')}`;
}

/** The list of common passwords is normalised here, once, instead of at every start of a function. */
export const madeWhileBundling: Plugin = {
  name: 'made-while-bundling',
  setup({ onLoad }) {
    onLoad({ filter: /\/functions\/domain\/common-passwords\.ts$/ }, () => ({
      contents: `export const commonPasswords = ${JSON.stringify(commonPasswords)};`,
    }));
  },
};

/** Gives hash-wasm our `instantiate` (functions/domain/wasm-instance-reuse.ts) in place of the global one. */
export const keptHasher: Plugin = {
  name: 'kept-hasher',
  setup({ onLoad }) {
    onLoad({ filter: /\/hash-wasm\/dist\/index\.esm\.js$/ }, ({ path }) => ({
      contents: `import { instantiate } from ${JSON.stringify(join(repoRoot, 'functions/domain/wasm-instance-reuse.ts'))};
        const WebAssembly = { compile: globalThis.WebAssembly.compile, instantiate };
        ${readFileSync(path, 'utf8')}`,
      resolveDir: dirname(path),
    }));
  },
};

function copyAssets(spec: FunctionSpec, into: string): void {
  for (const file of (spec.assets ?? []).flatMap((pattern) => globSync(pattern, { cwd: repoRoot }))) {
    const target = join(into, spec.name, file);
    makeDirectory(dirname(target));
    cpSync(join(repoRoot, file), target);
  }
}

function describe(spec: FunctionSpec, metafile: Metafile, into: string): Bundle {
  const directory = join(into, spec.name);
  const output = metafile.outputs[relative(repoRoot, join(directory, 'index.mjs'))];
  if (!output) throw new Error(`${spec.entry} produced no bundle`);
  return { name: spec.name, directory, bytes: output.bytes, inputs: Object.keys(output.inputs) };
}
