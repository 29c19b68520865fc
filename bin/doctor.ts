/**
 * npm run doctor -- [--stage STAGE] [--json] [--strict]: looks at a deployed stage, and says what is wrong or missing, and
 * what mends it. It changes nothing. Without a stage, or with `local`, it looks at the host that `npm start` runs.
 *
 * It ends with 0, with 1 when something is wrong (with --strict also for a warning), with 2 when it could not look at all.
 */
import { styleText } from 'node:util';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { examineStage } from '../lib/operator/doctor/means.ts';
import { exitCodeOf, jsonOf, textOf } from '../lib/operator/doctor/report.ts';
import { messageOf, operatorStage } from '../lib/operator/stage.ts';

const USAGE = 'npm run doctor -- [--stage STAGE] [--json] [--strict]';

try {
  const { values } = readArguments(USAGE, {
    options: { stage: { type: 'string' }, json: { type: 'boolean' }, strict: { type: 'boolean' } },
  });
  const { stage, json = false, strict = false } = values;
  const examined = await examineStage(operatorStage(stage === 'local' ? undefined : stage));
  // Without colours where nobody looks, or NO_COLOR asks for none.
  process.stdout.write(json ? jsonOf(examined) : textOf(examined, (color, text) => styleText(color, text)));
  process.exitCode = exitCodeOf(examined.findings, strict);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
