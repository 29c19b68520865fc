/**
 * A code for tokens, in the service and in oidc-provider: a confidential client by Basic, PKCE, a consent, `offline_access`;
 * an access token and an ID token signed by RS256, and a refresh token. They take turns as in peers.ts.
 *
 * oidc-provider signs and asks PostgreSQL from its own process. Here each exchange goes to a thread, and from there by
 * HTTP to a KMS and a Data API that this machine emulates; on AWS those run on other machines. So beside the throughput
 * stands the CPU time, without the signatures' (thread pool) and the database's: what a function's thread spends, and
 * what oidc-provider's only thread does. Linux only, as profile.ts.
 */
import { type CpuTime, cpuTimeOf, parts } from '../../bin/cost/cpu-time.ts';
import type { Bench, Figure } from './figure.ts';
import { type Client, loadOf } from './load.ts';
import { CODES, exchanging, oauthClients } from './oauth-clients.ts';
import { type Target, withProcess } from './processes.ts';
import { figure, without } from './profile.ts';
import { quantile } from './quantile.ts';

const CLIENTS = 8;
const ROUNDS = 5;
const WARM_UP_ROUNDS = 4;
const SECONDS = 2.5;

interface Turn {
  readonly perSecond: number;
  /** Milliseconds an exchange. */
  readonly spent: CpuTime;
}

export const bench: Bench = () =>
  process.platform === 'linux'
    ? withProcess('./service-process.ts', { passwordHasher: 'native' }, (service) =>
        withProcess('./oidc-provider-process.ts', {}, (peer) => compare(service, peer)),
      )
    : Promise.resolve([]);

async function compare(service: Target, peer: Target): Promise<Figure[]> {
  const { clients, end } = oauthClients(service);
  const turns: { readonly mine: Turn; readonly theirs: Turn }[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const mine = await turn(service, clients['token, by a code']);
    const theirs = await turn(peer, codesOf(peer));
    if (round >= WARM_UP_ROUNDS) turns.push({ mine, theirs });
  }
  await end();
  const median = (of: (one: (typeof turns)[number]) => number) => quantile(turns.map(of), 0.5);
  const spent = (who: 'mine' | 'theirs') =>
    Object.fromEntries(parts.map((part) => [part, median((one) => one[who].spent[part])])) as CpuTime;
  const [mine, theirs] = [spent('mine'), spent('theirs')];
  const each = (who: 'mine' | 'theirs') => median((one) => one[who].perSecond).toFixed(0);
  return [
    {
      what: "code exchange beside oidc-provider's, with emulated AWS",
      value: median((one) => one.mine.perSecond / one.theirs.perSecond),
      unit: '×',
      target: { atLeast: 2 },
      note: `${each('mine')} and ${each('theirs')} exchanges/s, ${CLIENTS} clients`,
    },
    {
      what: "oidc-provider's CPU time beside the function's, without signatures and database",
      value: theirs['gateway and AWS'] / mine.functions,
      unit: '×',
      target: { atLeast: 2 },
      note: `${theirs['gateway and AWS'].toFixed(2)} and ${mine.functions.toFixed(2)} ms an exchange`,
    },
    figure('code exchange', mine),
    figure("oidc-provider's code exchange", theirs, without),
  ];
}

async function turn({ url, pid }: Target, client: Client): Promise<Turn> {
  let before = { time: cpuTimeOf(pid), requests: 0 };
  const prepared = (requests: number) => {
    before = { time: cpuTimeOf(pid), requests };
  };
  const { perSecond, requests } = await loadOf(url, client, { clients: CLIENTS, seconds: SECONDS, prepared });
  const after = cpuTimeOf(pid);
  const exchanges = requests - before.requests;
  const spent = parts.map((part) => [part, (after[part] - before.time[part]) / exchanges]);
  return { perSecond, spent: Object.fromEntries(spent) as CpuTime };
}

const codesOf =
  ({ basic = '' }: Target): Client =>
  async (connection) => {
    const codes = JSON.parse((await connection.send('POST', `/codes/${CODES}`)).body);
    const exchange = await exchanging(connection, '/token', basic, codes);
    const tokens = await exchange();
    // What is compared is the same work.
    for (const name of ['access_token', 'id_token']) if (headerOf(tokens[name]).alg !== 'RS256') throw new Error(name);
    if (!tokens.refresh_token) throw new Error('no refresh token');
    return exchange;
  };

const headerOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
