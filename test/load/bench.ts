/** `npm run bench [-- NAME…]`: figures of this machine, each with what bounds it. Nothing is asserted by time. */
import { cpus } from 'node:os';

/** A bench prints nothing itself; each line is `what: figure`. */
export type Bench = () => Promise<readonly string[]>;

/** By name; loaded when asked for. */
const benches: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  relay: () => import('../bench/relay.ts'),
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`No bench ${unknown}, only ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}

const [cpu] = cpus();
console.log(`node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}`);
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  const { bench } = await load();
  for (const line of await bench()) console.log(`  ${line}`);
}
