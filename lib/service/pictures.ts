/** The pictures of a stage's brand as files: functions get them in a folder, since their settings have no room for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceSettings } from './config.ts';
import { readPicture } from './settings/picture.ts';

type Brand = Pick<ServiceSettings['brand'], 'logo' | 'logoDark' | 'icon'>;

/**
 * Writes them under the names that functions know them by (functions/http/page-files.ts).
 * @returns the folder, or undefined where the brand has no picture
 * @throws Error when one cannot be read any more
 */
export function writePictures({ logo, logoDark, icon }: Brand, folder: string): string | undefined {
  const pictures = [logo, logoDark, icon].filter((picture) => picture !== undefined);
  if (pictures.length === 0) return undefined;
  mkdirSync(folder, { recursive: true });
  for (const { source, hash, type } of pictures) {
    const read = readPicture(source);
    if (read instanceof Error) throw read;
    if (read.facts.hash !== hash) throw new Error(`${source} has changed since the settings were read`);
    writeFileSync(join(folder, `${hash}.${type}`), read.bytes);
  }
  return folder;
}
