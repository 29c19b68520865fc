/**
 * The scripts of pages. Each file of functions/browser is bundled by itself, into a text that is put into the page and
 * a hash by which the page's policy allows the script. A page imports a script as `browser:<file's name>`.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const folder = fileURLToPath(new URL('../../functions/browser', import.meta.url));

/** @throws Error for a script that does not exist, does not build, or would end its own script element */
export async function browserScript(name: string): Promise<{ readonly text: string; readonly hash: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, `${name}.ts`)],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    // The oldest browsers with every API that the scripts use; older ones show the page without scripts.
    target: ['chrome109', 'firefox115', 'safari16'],
    charset: 'ascii',
    legalComments: 'none',
    tsconfigRaw: {},
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (/<\/script|<!--/i.test(text))
    throw new Error(`functions/browser/${name}.ts contains text that ends a script element`);
  return { text, hash: createHash('sha256').update(text).digest('base64') };
}

const PREFIX = 'browser:';
const asModule = async (name: string) => `export default ${JSON.stringify(await browserScript(name))};`;

export const browserScripts: Plugin = {
  name: 'browser-scripts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^browser:/ }, ({ path }) => ({ path: path.slice(PREFIX.length), namespace: 'browser' }));
    onLoad({ filter: /.*/, namespace: 'browser' }, async ({ path }) => ({ contents: await asModule(path) }));
  },
};

/** The same for tests that import a page's own file (vitest.config.ts). */
export const browserScriptsInTests = {
  name: 'browser-scripts',
  enforce: 'pre' as const,
  resolveId: (id: string) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
  load: (id: string) => (id.startsWith(`\0${PREFIX}`) ? asModule(id.slice(PREFIX.length + 1)) : undefined),
};
