/** The machine's Chromium, driven by playwright-core, which brings none of its own. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `CHROMIUM`, or the first one in the path; undefined where there is none. */
export const chromiumPath: string | undefined =
  process.env.CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);

if (!chromiumPath) {
  console.warn(
    'Browser tests skipped: no Chromium in the path. Install one (apt-get install chromium) or set CHROMIUM.',
  );
}

export function launch(): Promise<Browser> {
  // Pages of our own only, so its sandbox, which root and containers cannot have, is not missed.
  return chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox', '--disable-gpu'] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
