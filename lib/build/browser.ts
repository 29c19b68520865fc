/**
 * The scripts that pages carry: each file of functions/browser by itself, as one text that stands in the page, and the
 * hash by which the page's policy lets it run. A page imports one as `browser:<file's name>`.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const folder = fileURLToPath(new URL('../../functions/browser', import.meta.url));

/** @throws Error for a script that is not there, does not build, or would end the element that it stands in */
export async function browserScript(name: string): Promise<{ readonly text: string; readonly hash: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, `${name}.ts`)],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    // What has every API that the scripts use; older browsers have the page without them.
    target: ['chrome109', 'firefox115', 'safari16'],
    charset: 'ascii',
    legalComments: 'none',
    tsconfigRaw: {},
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (/<\/script|<!--/i.test(text)) throw new Error(`functions/browser/${name}.ts holds what ends a script in a page`);
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
