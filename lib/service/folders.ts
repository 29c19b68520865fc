/** What functions get as files in a folder that the host names, since their environment has no room for it. */
import { join } from 'node:path';
import type { Capability } from './capability.ts';
import type { StageSettings } from './config.ts';
import type { Resources } from './environment.ts';
import { writePictures } from './pictures.ts';
import { writeTrustedIssuers } from './trusted-issuers.ts';

/** By {@link environmentOf}'s names. */
export type Folders = Pick<Resources, 'pictures' | 'trustedIssuers'>;

interface Folder {
  readonly name: keyof Folders;
  /** Of functions that read it; the folder's own name, too. */
  readonly capability: Capability;
  readonly what: string;
  /** @returns undefined where the stage has none */
  readonly write: (settings: Pick<StageSettings, 'service' | 'deployment'>, folder: string) => string | undefined;
}

export const folders: readonly Folder[] = [
  {
    ...{ name: 'pictures', capability: 'pictures', what: 'Logo and icon' },
    write: ({ service }, folder) => writePictures(service.brand, folder),
  },
  {
    ...{ name: 'trustedIssuers', capability: 'trusted-issuers', what: 'Trusted issuers' },
    write: ({ deployment }, folder) => writeTrustedIssuers(deployment.trustedIssuers, folder),
  },
];

/** All that the stage has, below one folder. */
export const writeFolders = (settings: Parameters<Folder['write']>[0], parent: string): Folders =>
  Object.fromEntries(
    folders.flatMap(({ name, capability, write }) => {
      const folder = write(settings, join(parent, capability));
      return folder === undefined ? [] : [[name, folder]];
    }),
  );
