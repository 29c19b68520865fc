/**
 * `npm run pages [-- <part of a name>]`: a picture of every page in both themes, both languages and two widths, for a person
 * to look at, in .build/pages.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { browserParts } from '../../lib/build/browser.ts';
import { repoRoot } from '../../lib/build/folders.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { runScript } from '../../lib/command/run-script.ts';
import { launch } from './chromium.ts';
import { serveFiles } from './page-files.ts';

const folder = join(repoRoot, '.build', 'pages');
const wanted = process.argv[2] ?? '';

await runScript(async () => {
  makeDirectory(folder);
  const { rendered, filesOf } = await load();
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const serve = await serveFiles(page, filesOf);
    for (const { name, stage, language, html } of rendered.filter((one) => one.name.includes(wanted))) {
      await serve(stage, html);
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: width === 320 ? 640 : 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          const path = join(folder, `${name}.${language}.${width}.${colorScheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
      }
    }
  } finally {
    await browser.close();
  }
  console.log(`Pictures in ${folder}`);
});

/** Node itself knows nothing of what pages import from functions/browser. */
async function load(): Promise<typeof import('./examples/index.ts')> {
  const outfile = join(folder, 'examples.mjs');
  await build({
    entryPoints: [join(repoRoot, 'test/browser/examples/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [browserParts],
  });
  return import(pathToFileURL(outfile).href);
}
