/**
 * Compares the service with better-auth. Each has a process and a PostgreSQL of its own, and they take turns, so that
 * other work of the machine slows both. Each pair of turns gives a ratio; the figure is the median. Both are warm:
 * another bench measures fresh processes.
 */
import { betterAuthClients } from './better-auth-clients.ts';
import type { Bench, Figure } from './figure.ts';
import { loadOf } from './load.ts';
import { withProcess } from './processes.ts';
import { quantile } from './quantile.ts';
import { serviceClients } from './service-clients.ts';

const CLIENTS = 8;
const ROUNDS = 5;
/** Seconds of warm-up for each before the first turn: V8 goes on compiling hot code for thousands of calls. */
const WARM_UP = 12;

type Name = keyof typeof serviceClients;

/** The targets: how many times as many requests a second. */
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

/** Long enough for several answers to each client. */
const secondsOf = (name: Name, hasher: string) =>
  name === 'login' || name === 'register' ? (hasher === 'wasm' ? 5 : 3) : 2;

function compare(names: readonly Name[], ours: string, peers: string, hashers: string): Promise<Figure[]> {
  return withProcess('./service-process.ts', { passwordHasher: ours }, (service) =>
    withProcess('./better-auth-process.ts', { passwordHasher: peers }, async (betterAuth) => {
      const figures: Figure[] = [];
      for (const name of names) {
        const turn = async (seconds: number) => {
          const options = { clients: CLIENTS, seconds };
          const mine = (await loadOf(service.url, serviceClients[name], options)).perSecond;
          const other = (await loadOf(betterAuth.url, betterAuthClients[name], options)).perSecond;
          return { mine, other, ratio: mine / other };
        };
        await turn(WARM_UP);
        const turns: Awaited<ReturnType<typeof turn>>[] = [];
        for (let round = 0; round < ROUNDS; round++) turns.push(await turn(secondsOf(name, ours)));
        const median = (of: 'mine' | 'other' | 'ratio') =>
          quantile(
            turns.map((one) => one[of]),
            0.5,
          );
        const target = least[name];
        figures.push({
          what: `${name} beside ${theirs[name]}${['register', 'login'].includes(name) ? `, ${hashers}` : ''}`,
          value: median('ratio'),
          unit: '×',
          ...(target === undefined ? {} : { target: { atLeast: target } }),
          note: `${median('mine').toFixed(0)} and ${median('other').toFixed(0)} requests/s, ${CLIENTS} clients`,
        });
      }
      return figures;
    }),
  );
}
