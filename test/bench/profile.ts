/**
 * Where the CPU time of a request goes, in our service and in better-auth. On AWS a function pays only for the
 * functions' part: the gateway, KMS and the Data API run on other machines. Linux only.
 */

import { type CpuTime, cpuTimeOf, type Part, parts } from '../../bin/cost/cpu-time.ts';
import { betterAuthClients } from './better-auth-clients.ts';
import type { Bench, Figure } from './figure.ts';
import { type Client, loadOf } from './load.ts';
import { type Target, withProcess } from './processes.ts';
import { serviceClients } from './service-clients.ts';

const names = ['login', 'refresh', 'me'] as const;
const CLIENTS = 8;
/** Seconds. */
const WARM_UP = 8;
const MEASURED = 4;

/** The meaning of each part in a process without worker threads. */
export const without: Partial<Record<Part, string>> = { 'gateway and AWS': 'server and application' };

export const bench: Bench = async () => {
  if (process.platform !== 'linux') return [];
  return withProcess('./service-process.ts', { passwordHasher: 'native' }, (service) =>
    withProcess('./better-auth-process.ts', { passwordHasher: 'native' }, async (betterAuth) => {
      const figures: Figure[] = [];
      for (const name of names) {
        figures.push(figure(name, await profile(service, serviceClients[name])));
        figures.push(figure(`better-auth's ${name}`, await profile(betterAuth, betterAuthClients[name]), without));
      }
      return figures;
    }),
  );
};

/** Milliseconds a request, by part. */
async function profile({ url, pid }: Target, client: Client): Promise<CpuTime> {
  await loadOf(url, client, { clients: CLIENTS, seconds: WARM_UP });
  const before = cpuTimeOf(pid);
  const { requests } = await loadOf(url, client, { clients: CLIENTS, seconds: MEASURED });
  const after = cpuTimeOf(pid);
  return Object.fromEntries(parts.map((part) => [part, (after[part] - before[part]) / requests])) as CpuTime;
}

export function figure(what: string, spent: CpuTime, names: Partial<Record<Part, string>> = {}): Figure {
  const all = parts.map((part) => [names[part] ?? part, spent[part]] as const).filter(([, value]) => value >= 0.01);
  return {
    what: `CPU time of a request, ${what}`,
    value: all.reduce((sum, [, value]) => sum + value, 0),
    unit: 'ms',
    note: all.map(([part, value]) => `${part} ${value.toFixed(2)}`).join(', '),
  };
}
