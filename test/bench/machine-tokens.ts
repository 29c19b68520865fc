/**
 * Tokens of a machine by its secret, warm. The signature is KMS's, and so is the gateway not the function's: what two cores
 * of functions do follows from the CPU time that they spend (profile.ts). Linux only.
 */

import { type CpuTime, cpuTimeOf, parts } from '../../bin/cost/cpu-time.ts';
import type { Bench } from './figure.ts';
import { type Client, loadOf } from './load.ts';
import { type Target, withProcess } from './processes.ts';
import { figure } from './profile.ts';
import { quantile } from './quantile.ts';

const CLIENTS = 8;
const ROUNDS = 7;
const WARM_UP_ROUNDS = 3;
/** Seconds. */
const ROUND = 2;
const CORES = 2;

const machine =
  ({ basic = '' }: Target): Client =>
  async (connection) => {
    const asked = { form: { grant_type: 'client_credentials' }, headers: { authorization: basic } };
    return () => connection.send('POST', '/oauth/token', asked);
  };

export const bench: Bench = async () => {
  if (process.platform !== 'linux') return [];
  return withProcess('./service-process.ts', { passwordHasher: 'native' }, async (target) => {
    const turns: { readonly perSecond: number; readonly spent: CpuTime }[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const before = cpuTimeOf(target.pid);
      const { perSecond, requests } = await loadOf(target.url, machine(target), { clients: CLIENTS, seconds: ROUND });
      const after = cpuTimeOf(target.pid);
      const spent = Object.fromEntries(parts.map((part) => [part, (after[part] - before[part]) / requests])) as CpuTime;
      if (round >= WARM_UP_ROUNDS) turns.push({ perSecond, spent });
    }
    const median = (of: (turn: (typeof turns)[number]) => number) => quantile(turns.map(of), 0.5);
    const spent = Object.fromEntries(parts.map((part) => [part, median((turn) => turn.spent[part])])) as CpuTime;
    return [
      {
        what: 'client credentials on two cores, without the signature',
        value: (CORES * 1000) / spent.functions,
        unit: 'requests/s',
        target: { atLeast: 1_000 },
        note: `${median((turn) => turn.perSecond).toFixed(0)}/s here, where the same cores sign, too`,
      },
      figure('client credentials', spent),
    ];
  });
};
