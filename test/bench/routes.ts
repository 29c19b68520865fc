/** The routes through the local host, with 1, 8 and 64 clients at once; rate limits are off. */
import type { Bench, Figure } from './figure.ts';
import { loadOf } from './load.ts';
import { oauthClients } from './oauth-clients.ts';
import { withProcess } from './processes.ts';
import { serviceClients } from './service-clients.ts';

const SECONDS = 1.5;

export const bench: Bench = () =>
  withProcess('./service-process.ts', { passwordHasher: 'native' }, async (target) => {
    const figures: Figure[] = [];
    const { clients, end } = oauthClients(target);
    for (const [name, client] of Object.entries({ ...serviceClients, ...clients })) {
      for (const count of [1, 8, 64]) {
        const { perSecond, p50, p99 } = await loadOf(target.url, client, { clients: count, seconds: SECONDS });
        const what = `${name}, ${count} ${count === 1 ? 'client' : 'clients'}`;
        const note = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
        figures.push({ what, value: perSecond, unit: 'requests/s', note });
      }
    }
    await end();
    return figures;
  });
