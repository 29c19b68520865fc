/** The Chromium that browser tests drive by playwright-core, which brings none of its own. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.ts';

/** Of a program of this machine, or the one from npm; undefined where npm has none for this machine. */
const found = process.env.CHROMIUM ? { path: process.env.CHROMIUM, env: {} } : await packagedChromium();

export const chromiumPath: string | undefined = found?.path;

if (!chromiumPath) {
  console.warn(
    'Browser tests skipped: npm has no Chromium for this machine. Install one and set CHROMIUM to its path.',
  );
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    env: { ...process.env, ...found?.env },
    // Pages of our own only, so its sandbox, which root and containers cannot have, is not missed. It asks nobody else.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
}

/** For a person to look at, in .build/screenshots, by `npm run test:browser`: a picture takes as long as its test. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS === 'on') await page.screenshot({ path: `.build/screenshots/${name}.png` });
}
