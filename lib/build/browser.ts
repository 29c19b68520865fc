/**
 * What pages carry. Each script of functions/browser is bundled by itself, into a text that is put into the page and a hash
 * by which the page's policy allows the script; a page imports it as `browser:<file's name>`. The stylesheet is a file of
 * its own at one address: a page imports `style:<file's name>` for its hash, and only what serves it holds its text.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const folder = fileURLToPath(new URL('../../functions/browser', import.meta.url));

/** The oldest browsers with every API that the scripts use; older ones show the page without scripts. */
const target = ['chrome109', 'firefox115', 'safari16'];

/** @throws Error for a script that does not exist, does not build, or would end its own script element */
export async function browserScript(name: string): Promise<{ readonly text: string; readonly hash: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, `${name}.ts`)],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target,
    charset: 'ascii',
    legalComments: 'none',
    tsconfigRaw: {},
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (/<\/script|<!--/i.test(text))
    throw new Error(`functions/browser/${name}.ts contains text that ends a script element`);
  return { text, hash: createHash('sha256').update(text).digest('base64') };
}

/** @throws Error for a sheet that does not exist or does not build, or that would fetch something */
export async function styleSheet(name: string): Promise<{ readonly text: string; readonly hash: string }> {
  const { outputFiles, warnings } = await build({
    entryPoints: [join(folder, `${name}.css`)],
    write: false,
    bundle: true,
    minify: true,
    target,
    legalComments: 'none',
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (warnings.length > 0 || /@import|url\(/.test(text)) throw new Error(`functions/browser/${name}.css is not whole`);
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

const PREFIX = /^(browser|style):/;

async function asModule(path: string): Promise<string> {
  const [kind, name = ''] = path.split(':');
  if (kind === 'browser') return `export default ${JSON.stringify(await browserScript(name))};`;
  const { text, hash } = await styleSheet(name);
  // Two exports, so that a bundle holds only the one that it uses.
  return `export const text = ${JSON.stringify(text)};\nexport const hash = ${JSON.stringify(hash)};`;
}

export const browserParts: Plugin = {
  name: 'browser-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: PREFIX }, ({ path }) => ({ path, namespace: 'browser' }));
    onLoad({ filter: /.*/, namespace: 'browser' }, async ({ path }) => ({ contents: await asModule(path) }));
  },
};

/** The same for tests that import a page's own file (vitest.config.ts). */
export const browserPartsInTests = {
  name: 'browser-parts',
  enforce: 'pre' as const,
  resolveId: (id: string) => (PREFIX.test(id) ? `\0${id}` : undefined),
  load: (id: string) => (id.startsWith('\0') && PREFIX.test(id.slice(1)) ? asModule(id.slice(1)) : undefined),
};
