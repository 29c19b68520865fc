/**
 * `npm run bench [-- NAME…] [--out FOLDER]`: figures of this machine as a table, as JSON and as a chart. Both sides of
 * a ratio are measured in turns within one run. Nothing here fails because it is slow; a target stands beside its
 * figure.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { runScript } from '../../lib/command/run-script.ts';
import { chart } from './chart.ts';
import { againstTarget, type Bench, type Figure, shown } from './figure.ts';

/** The benches by name; each is loaded when it is asked for. */
const benches: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  hashers: () => import('./hashers.ts'),
  hostile: () => import('./hostile.ts'),
  'cold-start': () => import('./cold-start.ts'),
  routes: () => import('./routes.ts'),
  peers: () => import('./peers.ts'),
  passkeys: () => import('./passkeys.ts'),
  'code-exchange': () => import('./code-exchange.ts'),
  'machine-tokens': () => import('./machine-tokens.ts'),
  profile: () => import('./profile.ts'),
  relay: () => import('./relay.ts'),
  'hot-rows': () => import('./hot-rows.ts'),
  scaling: () => import('./scaling.ts'),
};

const { asked, out } = readOperands();

// This comes first, as the figures take minutes.
await runScript(() => makeDirectory(out));
if (process.exitCode) process.exit();

const machine = `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
console.log(machine);
const sections: Record<string, readonly Figure[]> = {};
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`${name} …`);
  const { bench } = await load();
  sections[name] = await bench();
}

console.log(table(sections));
const report = { machine, at: new Date().toISOString(), sections };
writeFileSync(join(out, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(join(out, 'bench.svg'), chart(Object.values(sections).flat(), machine));
process.exit();

function readOperands() {
  try {
    const usage = `npm run bench -- [${Object.keys(benches).join(' | ')}]… [--out FOLDER]`;
    const { values, positionals } = readArguments(usage, {
      allowPositionals: true,
      options: { out: { type: 'string', default: '.build' } },
    });
    const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
    if (unknown !== undefined) throw new Error(`There is no bench ${unknown}\n${usage}`);
    return { asked: positionals, out: values.out };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

/** Markdown, as the README has it. */
function table(of: typeof sections): string {
  const rows = Object.entries(of).flatMap(([section, figures]) =>
    figures.map((figure) => [
      section,
      figure.what,
      `${shown(figure.value)} ${figure.unit}`,
      targetOf(figure),
      figure.note ?? '',
    ]),
  );
  const lines = [['bench', 'what', 'figure', 'must hold', 'beside'], ['---', '---', '---:', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function targetOf(figure: Figure): string {
  const { target } = figure;
  if (!target) return '';
  const bound = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  return `${bound} ${(againstTarget(figure) ?? 0) >= 1 ? 'held' : 'missed'}`;
}
