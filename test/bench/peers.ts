/**
 * Beside better-auth, each in a process of its own with a PostgreSQL of its own, taking turns: what else the machine
 * does then slows both. The ratio is the figure.
 */
import { betterAuthClients } from './better-auth-clients.ts';
import type { Bench, Figure } from './figure.ts';
import { loadOf } from './load.ts';
import { withProcess } from './processes.ts';
import { quantile } from './quantile.ts';
import { serviceClients } from './service-clients.ts';

const CLIENTS = 8;
const ROUNDS = 3;

type Name = keyof typeof serviceClients;

/** What must hold, times as many requests a second. */
const least: Readonly<Record<string, number>> = { login: 1, refresh: 1.5, me: 1.5, jwks: 3 };
const theirs: Readonly<Record<Name, string>> = {
  register: 'sign-up',
  login: 'sign-in',
  refresh: 'session read and token mint',
  me: 'get-session',
  jwks: 'JWKS',
};

export const bench: Bench = async () => [
  ...(await compare(['register', 'login', 'refresh', 'me', 'jwks'], 'native', 'native', 'native Argon2 both')),
  ...(await compare(['register', 'login'], 'wasm', 'default', 'hash-wasm against its scrypt')),
];

/** Long enough for some answers of each client. */
const secondsOf = (name: Name, hasher: string) =>
  name === 'login' || name === 'register' ? (hasher === 'wasm' ? 6 : 3) : 1.5;

function compare(names: readonly Name[], ours: string, peers: string, hashers: string): Promise<Figure[]> {
  return withProcess('./service-process.ts', { passwordHasher: ours }, (service) =>
    withProcess('./better-auth-process.ts', { passwordHasher: peers }, async (betterAuth) => {
      const figures: Figure[] = [];
      for (const name of names) {
        const rates = { service: [] as number[], betterAuth: [] as number[] };
        for (let round = 0; round < ROUNDS; round++) {
          const options = { clients: CLIENTS, seconds: secondsOf(name, ours) };
          rates.service.push((await loadOf(service.url, serviceClients[name], options)).perSecond);
          rates.betterAuth.push((await loadOf(betterAuth.url, betterAuthClients[name], options)).perSecond);
        }
        const [mine, other] = [quantile(rates.service, 0.5), quantile(rates.betterAuth, 0.5)];
        const target = least[name];
        figures.push({
          what: `${name} beside ${theirs[name]}${['register', 'login'].includes(name) ? `, ${hashers}` : ''}`,
          value: mine / other,
          unit: '×',
          ...(target === undefined ? {} : { target: { atLeast: target } }),
          note: `${mine.toFixed(0)} and ${other.toFixed(0)} requests/s, ${CLIENTS} clients`,
        });
      }
      return figures;
    }),
  );
}
