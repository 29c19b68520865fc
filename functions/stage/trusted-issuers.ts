/** The issuers that the stage trusts, which are too long for its settings: a file in a folder that the host names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrustedIssuer } from '../domain/trusted-issuer.ts';
import { environmentIfSet } from './settings.ts';

/** @throws Error for a file that is not there: a deployment fault, seen at the first start */
export function stageTrustedIssuers(): readonly TrustedIssuer[] {
  const folder = environmentIfSet('TRUSTED_ISSUERS');
  return folder === undefined ? [] : JSON.parse(readFileSync(join(folder, 'issuers.json'), 'utf8'));
}
