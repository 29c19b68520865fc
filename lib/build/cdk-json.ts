/** The stages that cdk.json has, as they stand there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageSettingsInput } from '../service/config.ts';
import { repoRoot } from './folders.ts';

/** @throws Error of one line when there is no such stage */
export function stageInCdkJson(stage: string): Omit<StageSettingsInput, 'stage'> {
  const { stages } = JSON.parse(readFileSync(join(repoRoot, 'cdk.json'), 'utf8')).context;
  if (Object.hasOwn(stages, stage)) return stages[stage];
  throw new Error(`No stage ${stage} in cdk.json, only ${Object.keys(stages).join(', ')}`);
}
