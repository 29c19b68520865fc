/** The stage's logo and icon, which are too large for settings: files in a folder that the host names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIfSet } from './settings.ts';

/** @throws Error for a file that is not there: a deployment fault, seen at the first start */
export const stagePicture = (name: string): Buffer => readFileSync(join(environmentIfSet('PICTURES') ?? '', name));
