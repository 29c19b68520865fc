/** One password at a time, with each hasher, with the service's parameters. */
import { randomBytes } from 'node:crypto';
import { nativeArgon2, wasmArgon2 } from '../../functions/domain/argon2.ts';
import { parseSettings } from '../../lib/service/config.ts';
import type { Bench } from './figure.ts';
import { quantile } from './quantile.ts';

const ROUNDS = 20;
const password = 'correct horse battery staple';

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
  ];
};
