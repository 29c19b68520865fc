/** The layers that have a function's folders: Lambda puts their files below /opt. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { type Folders, folders } from '../service/folders.ts';
import type { FunctionSpec } from '../service/functions.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
export function layersOf(scope: Construct, { may }: FunctionSpec, settings: StageSettings) {
  const layers: LayerVersion[] = [];
  const places: { -readonly [Name in keyof Folders]: string } = {};
  for (const { name, capability, what, write } of folders.filter((folder) => may.includes(folder.capability))) {
    const root = mkdtempSync(join(tmpdir(), `identity-${capability}-`));
    // Lambda's own user reads them, and the archive keeps what the files may.
    chmodSync(root, 0o755);
    if (!write(settings, join(root, capability))) continue;
    const description = `${what} of the identity service, stage ${settings.stage}`;
    const id = name === 'pictures' ? 'Pictures' : 'TrustedIssuers';
    layers.push(new LayerVersion(scope, id, { code: Code.fromAsset(root), description }));
    places[name] = `/opt/${capability}`;
  }
  return { layers, places };
}
