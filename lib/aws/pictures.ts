/** The layer that has a stage's logo and icon: Lambda puts its files below /opt. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { writePictures } from '../service/pictures.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
export const PICTURES = '/opt/pictures';

/** @returns undefined for a stage without pictures */
export function picturesLayer(scope: Construct, { service, stage }: StageSettings): LayerVersion | undefined {
  const root = mkdtempSync(join(tmpdir(), 'identity-pictures-'));
  // Lambda's own user reads them, and the archive keeps what the files may.
  chmodSync(root, 0o755);
  if (!writePictures(service.brand, join(root, 'pictures'))) return undefined;
  return new LayerVersion(scope, 'Pictures', {
    code: Code.fromAsset(root),
    description: `Logo and icon of the identity service, stage ${stage}`,
  });
}
