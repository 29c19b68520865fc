/** Functions for tests of the host itself: small sources, written where the runtime looks for bundles. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionSpec, Trigger } from '../../lib/service/functions.ts';

export interface FunctionFiles {
  readonly directory: string;
  remove(): void;
}

/** @param sources the text of each function's index.mjs, by name */
export function writeFunctions(sources: Readonly<Record<string, string>>): FunctionFiles {
  const directory = mkdtempSync(join(tmpdir(), 'functions-'));
  for (const [name, source] of Object.entries(sources)) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'index.mjs'), source);
  }
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

/** A row of the table for a function without special needs. */
export function functionSpec(name: string, over: Partial<FunctionSpec> = {}, triggers: Trigger[] = []): FunctionSpec {
  return {
    name,
    entry: `functions/jobs/${name}.ts`,
    stack: 'events',
    triggers,
    may: [],
    memory: 256,
    timeout: 10,
    bundleKiB: 10,
    ...over,
  };
}
