/**
 * `npm run cost [-- measure]`: works out what the service costs on AWS and writes lib/aws/COST.md. With `measure` it
 * first counts on the local host what requests take (some minutes), and writes that into lib/aws/cost-counts.json.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costPage } from '../lib/aws/cost-page.ts';
import { runScript } from '../lib/command/run-script.ts';
import { COST_COUNTS, COST_PAGE, costBasis } from './cost/basis.ts';
import { measured } from './cost/measured.ts';

process.env.TZ = 'UTC';
await runScript(async () => {
  const [order] = process.argv.slice(2);
  if (order !== undefined && order !== 'measure') throw new Error('usage: npm run cost [-- measure]');
  if (order === 'measure') await measure();
  await writeFile(COST_PAGE, costPage(costBasis()));
  console.log(`written: ${COST_PAGE}`);
});

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cost-'));
  try {
    const counts = { date: new Date().toISOString().slice(0, 10), measured: await measured(directory) };
    await writeFile(COST_COUNTS, `${JSON.stringify(counts, null, 2)}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
