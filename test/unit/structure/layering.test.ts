/** Imports point one way, and never in a circle (functions/README.md, "Layers"). */
import { expect, it } from 'vitest';
import { functions } from '../../../lib/service/functions.ts';
import { type Import, ownImports, readSource, sourceFiles } from '../../support/source-files.ts';

/**
 * What a layer may import beside itself: folders or single files. The layer of a file is the longest of these names that
 * its path begins with.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  // Other services import these: test/unit/structure/packages.test.ts.
  'functions/packages': [],
  'functions/contracts': [
    'functions/packages',
    // The domain decides what an address, a name or a client may be, and a schema asks it.
    'functions/domain/client.ts',
    'functions/domain/client-metadata.ts',
    'functions/domain/scopes.ts',
    'functions/domain/email-address.ts',
    'functions/domain/people-text.ts',
  ],
  // Of lib the settings' type, in functions/domain/settings.ts.
  'functions/domain': ['functions/contracts', 'functions/packages', 'lib/service/config.ts'],
  'functions/store': ['functions/domain', 'functions/contracts', 'functions/packages/inbox'],
  'functions/runtime': ['functions/domain'],
  // Flows and store get AWS passed in and never import it: they name what they need as an interface.
  'functions/flows': [
    'functions/store',
    'functions/domain',
    'functions/contracts',
    'functions/runtime/log.ts',
    'functions/runtime/metrics.ts',
  ],
  'functions/aws': [
    'functions/store/database.ts',
    'functions/store/sql-text.ts',
    'functions/domain',
    'functions/contracts',
    'functions/runtime',
  ],
  // Code for browsers uses only their own API.
  'functions/browser': [],
  'functions/http': ['functions/domain', 'functions/contracts', 'functions/runtime', 'functions/packages/verify'],
  // What the environment names, made for the functions below.
  'functions/stage': [
    'functions/aws',
    'functions/http',
    'functions/store/database.ts',
    // Every bearer's proof counts once, whatever its route does (stage/bearer-tokens.ts).
    'functions/store/used-once.ts',
    'functions/domain',
    'functions/runtime',
    'lib/service/capability.ts',
  ],
  // Each of these files is a function: the only place where settings, AWS, flows and store are put together.
  'functions/routes': [
    'functions/stage',
    'functions/flows',
    'functions/http',
    'functions/store',
    'functions/domain',
    'functions/contracts',
    'functions/packages/verify',
  ],
  'functions/jobs': [
    'functions/flows/end-removed-clients.ts',
    'functions/stage',
    'functions/aws',
    'functions/store',
    'functions/domain',
    'functions/contracts',
    'functions/runtime',
  ],
  'functions/consumers': [
    'functions/stage',
    'functions/aws',
    'functions/store',
    'functions/domain',
    'functions/contracts',
    'functions/runtime',
    'functions/packages/inbox',
  ],

  'lib/service': [
    'functions/contracts',
    'functions/domain',
    'functions/packages/verify/role-name.ts',
    'functions/runtime/events-wait.ts',
  ],
  'lib/openapi': [
    'lib/service',
    'functions/contracts',
    'functions/domain/problem.ts',
    'functions/domain/oauth-error.ts',
  ],
  'lib/command': [],
  'lib/documents': [],
  'lib/build': ['lib/command', 'lib/openapi', 'lib/service', 'functions/domain/common-passwords.ts'],
  'lib/aws': [
    // Where the built functions are; a synth builds nothing.
    'lib/build/folders.ts',
    'lib/service',
    'functions/contracts',
    'functions/domain/archive-key.ts',
    'functions/domain/key-lifecycle.ts',
    'functions/domain/patience.ts',
    'functions/domain/signing-roles.ts',
    'functions/packages/verify',
    'functions/runtime/events-wait.ts',
    'functions/runtime/metric-namespace.ts',
    'functions/runtime/outcomes.ts',
  ],
  'lib/local': ['lib/build', 'lib/command', 'lib/service', 'functions/domain/html.ts'],
  'lib/operator': [
    'functions/flows/administer-clients.ts',
    'lib/aws/names.ts',
    'lib/build',
    'lib/service',
    'functions/aws',
    'functions/store',
    'functions/domain',
    'functions/runtime/metric-namespace.ts',
    'functions/runtime/fetch-public.ts',
  ],
  bin: ['lib', 'functions/contracts', 'functions/domain', 'functions/store', 'functions/http/parse-json.ts'],
  test: ['bin', 'lib', 'functions', 'vitest.config.ts'],
  'vitest.config.ts': ['lib/build/browser.ts'],
};

/** The imports that break the table today: each is removed here when it is mended, and none is added. */
const exceptions: readonly string[] = [];

/** All other code gets what it needs passed in, so that a test or an operator's command calls it as a function does. */
const environmentReaders = [
  'functions/stage/settings.ts',
  // What Lambda says of itself, on each line of the log and each metric.
  'functions/runtime/log.ts',
  'functions/runtime/metrics.ts',
  'functions/aws/custom-resource.ts',
  'functions/http/client-address.ts',
  // Of the settings the one that every answer needs, whatever its route is handed.
  'functions/http/cors.ts',
  'functions/http/problem-details.ts',
  // Replaced at bundling.
  'functions/routes/healthz.ts',
  'functions/routes/openapi.ts',
];

const isIn = (file: string, name: string) => file === name || file.startsWith(`${name}/`);

const layerOf = (file: string): string =>
  Object.keys(layers)
    .filter((name) => isIn(file, name))
    .sort((a, b) => b.length - a.length)[0] ?? 'none';

function isAllowed({ from, to }: Import): boolean {
  const layer = layerOf(from);
  return layerOf(to) === layer || (layers[layer] ?? []).some((name) => isIn(to, name));
}

const written = ({ from, to }: Import) => `${from} → ${to}`;

it('every file belongs to a layer', () => {
  expect(sourceFiles.filter((file) => layerOf(file) === 'none')).toEqual([]);
});

it('no layer imports a layer above it or beside it', () => {
  const breaches = new Set(ownImports.filter((one) => !isAllowed(one)).map(written));
  expect([...breaches].sort()).toEqual([...exceptions].sort());
});

it('functions take only types from lib: settings are passed to them', () => {
  const values = ownImports.filter(({ from, to, isType }) => isIn(from, 'functions') && isIn(to, 'lib') && !isType);
  expect(values.map(written)).toEqual([]);
});

it('only what makes a function reads the environment', () => {
  const readers = sourceFiles.filter(
    (file) => isIn(file, 'functions') && !isIn(file, 'functions/packages') && readSource(file).includes('process.env'),
  );
  expect(readers.filter((file) => !environmentReaders.includes(file))).toEqual([]);
});

it('no files import one another in a circle, types included', () => {
  expect(circles(ownImports)).toEqual([]);
});

it('finds a circle if there is one', () => {
  const edge = (from: string, to: string): Import => ({ from, to, isType: false });
  expect(circles([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')])).toEqual(['b → c → b']);
});

/** One path for each circle that a walk in depth comes back to. */
function circles(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    const before = path.indexOf(file);
    if (before >= 0) return [[...path.slice(before), file].join(' → ')];
    if (done.has(file)) return [];
    const found = (targets.get(file) ?? []).flatMap(({ to }) => walk(to, [...path, file]));
    done.add(file);
    return found;
  };
  return [...targets.keys()].flatMap((file) => walk(file, []));
}

it('every file of routes, jobs and consumers is a function of the table, or one imports it', () => {
  const entries = functions.map(({ entry }) => entry as string);
  const known = new Set([...entries, ...ownImports.map(({ to }) => to)]);
  const files = sourceFiles.filter((file) => /^functions\/(routes|jobs|consumers)\//.test(file));
  // A route without a row is served nowhere: name it in lib/service/routes.
  expect(files.filter((file) => !known.has(file))).toEqual([]);
});
