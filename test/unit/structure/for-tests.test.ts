/** What the local host does for tests alone, such as hashes that cost nothing, never reaches who runs the service. */
import { expect, it } from 'vitest';
import { readSource, sourceFiles } from '../../support/source-files.ts';

it('only tests start a host that takes short cuts', () => {
  const asking = sourceFiles.filter((file) => !file.startsWith('test/') && /\bforTests\b/.test(readSource(file)));
  expect(asking).toEqual(['lib/local/host.ts']);
});

it('only the host shares environments, or splits bundles for that', () => {
  const asking = sourceFiles.filter(
    (file) => !file.startsWith('test/') && /sharedEnvironments|splitting: true/.test(readSource(file)),
  );
  expect(asking).toEqual(['lib/local/environment-pool.ts', 'lib/local/host.ts', 'lib/local/runtime.ts']);
});

it('a unit test that loads modules anew lets none of them stay for the next file of its worker', () => {
  const loading = sourceFiles.filter(
    (file) => /^test\/unit\/.*\.test\.ts$/.test(file) && /vi\.resetModules/.test(readSource(file)),
  );
  expect(loading.length).toBeGreaterThan(2);
  for (const file of loading) expect(readSource(file), file).toMatch(/^afterAll\((.|\n )*?vi\.resetModules\(\)/m);
});
