/**
 * One password at a time, with each hasher, with the service's parameters; and what a comparison with another system's
 * hash takes beside its estimate, by which an import refuses what is too dear (S69).
 */
import { randomBytes } from 'node:crypto';
import { nativeArgon2, wasmArgon2 } from '../../functions/domain/argon2.ts';
import { foreignHash } from '../../functions/domain/foreign-hash.ts';
import { parseSettings } from '../../lib/service/config.ts';
import { argon2Of, password } from '../support/foreign-hashes.ts';
import type { Bench, Figure } from './figure.ts';
import { quantile } from './quantile.ts';

const ROUNDS = 20;

/** Digests of no password: a comparison computes the whole hash, whatever it is compared with. */
const foreign: Readonly<Record<string, string>> = {
  bcrypt: `$2b$10$${'a'.repeat(21)}e${'a'.repeat(30)}a`,
  'PBKDF2, SHA-1': `$pbkdf2$300000$c2FsdA$${'A'.repeat(27)}`,
  'PBKDF2, SHA-256': `$pbkdf2-sha256$i=300000$c2FsdA$${'A'.repeat(43)}`,
  'PBKDF2, SHA-512': `$pbkdf2-sha512$i=100000$c2FsdA$${'A'.repeat(43)}`,
  scrypt: `$scrypt$ln=14,r=8,p=1$c2FsdA$${'A'.repeat(43)}`,
  'Argon2, 64 MiB': '$argon2id$v=19$m=65536,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ',
  'Argon2, 195 MiB': '$argon2id$v=19$m=200000,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ',
};
/** Estimates count one of our hashes as 100 ms, and a login has twice the time of the estimate (functions/domain/hash-cost.ts). */
const OURS = 100;
const MARGIN = 2;

export const bench: Bench = async () => {
  const { argon2 } = parseSettings({ stage: 'bench' }).service;
  const hashers = { 'hash-wasm': wasmArgon2, native: await nativeArgon2() };
  const times = { 'hash-wasm': [] as number[], native: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of ['hash-wasm', 'native'] as const) {
      const begun = performance.now();
      await hashers[name].hash(password, { ...argon2, salt: randomBytes(16) });
      // The first run compiles.
      if (round > 0) times[name].push(performance.now() - begun);
    }
  }
  const note = `m=${argon2.memory}, t=${argon2.passes}, p=${argon2.lanes}`;
  const medians = [quantile(times['hash-wasm'], 0.5), quantile(times.native, 0.5)] as const;
  return [
    { what: 'hash-wasm, a hash', value: medians[0], unit: 'ms', note },
    { what: 'native, a hash', value: medians[1], unit: 'ms', note },
    { what: 'native beside hash-wasm', value: medians[0] / medians[1], unit: '×' },
    ...(await besideEstimates()),
  ];
};

/** Both sides are CPU time of this run, so that the machine's speed cancels out. */
async function besideEstimates(): Promise<Figure[]> {
  const own = await argon2Of(password);
  const ours = await leastCpu(() => wasmArgon2.verify(password, own));
  const figures: Figure[] = [];
  for (const [name, hash] of Object.entries(foreign)) {
    const of = foreignHash(hash);
    if (!of) throw new Error(`not a hash: ${name}`);
    const measured = (OURS * (await leastCpu(() => of.verify(password, wasmArgon2)))) / ours;
    figures.push({
      what: `${name}, a comparison beside its estimate`,
      value: measured / of.milliseconds,
      unit: '×',
      target: { atMost: MARGIN },
      note: `estimated ${of.milliseconds.toFixed(0)} ms, measured ${measured.toFixed(0)} ms, one of ours being ${OURS}`,
    });
  }
  return figures;
}

/** In microseconds: the least of some runs, since the first compiles and the machine may be busy. */
async function leastCpu(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}
