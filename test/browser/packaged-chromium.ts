/** The Chromium in @sparticuz/chromium, which is packed for Linux on x64: unpacked once, into .build. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../../lib/build/folders.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';

/** Its own names /tmp. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`;

export interface PackagedChromium {
  readonly path: string;
  /** Its own fonts, and the libraries that a small machine has not. */
  readonly env: Readonly<Record<string, string>>;
}

export async function packagedChromium(): Promise<PackagedChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { version } = JSON.parse(
    readFileSync(join(repoRoot, 'node_modules', '@sparticuz', 'chromium', 'package.json'), 'utf8'),
  );
  const folder = join(makeDirectory(join(repoRoot, '.build', 'chromium')), version);
  if (!existsSync(folder)) await unpack(folder);
  return {
    path: join(folder, 'chromium'),
    env: { FONTCONFIG_FILE: join(folder, 'fonts.conf'), LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') },
  };
}

/**
 * The package unpacks into the folder for temporary files, and its libraries on Lambda alone: so in a process that takes
 * itself for one there. Moved into place when whole; another test file may be first.
 */
async function unpack(folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  const script = `await (await import('@sparticuz/chromium')).default.executablePath()`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: repoRoot,
    env: { TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  await writeFile(join(draft, 'fonts.conf'), FONTS);
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
}
