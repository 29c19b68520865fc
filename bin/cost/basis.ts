/** What the cost page is made of: the stages of cdk.json, and what was measured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CostBasis } from '../../lib/aws/cost-page.ts';
import { repoRoot } from '../../lib/build/folders.ts';
import { parseSettings } from '../../lib/service/config.ts';

export const COST_PAGE = join(repoRoot, 'lib', 'aws', 'COST.md');
export const COST_COUNTS = join(repoRoot, 'lib', 'aws', 'cost-counts.json');

export function costBasis(): CostBasis {
  const { context } = JSON.parse(readFileSync(join(repoRoot, 'cdk.json'), 'utf8'));
  const stage = (name: string) => parseSettings({ stage: name, ...context.stages[name] });
  return { ...JSON.parse(readFileSync(COST_COUNTS, 'utf8')), dev: stage('dev'), prod: stage('prod') };
}
