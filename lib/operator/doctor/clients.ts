/** OAuth clients: whether those of the settings are there, and what of others is left over or fails. */
import { isDeepStrictEqual } from 'node:util';
import type { RegisteredClient } from '../../../functions/domain/client.ts';
import { fetchPublic } from '../../../functions/runtime/fetch-public.ts';
import { type ClientState, clientStates, settingsClients } from '../../../functions/store/condition.ts';
import { clientsOf } from '../../service/clients.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { DAY, listed } from './words.ts';

/** The local host has demo clients, which no settings name. */
const readOfSettings = async ({ local, sql }: Look) => (local ? undefined : sql(settingsClients));

export function judgeApplied(
  found: readonly Omit<RegisteredClient, 'secrets'>[] | undefined,
  { settings: { service, deployment }, command }: Judged,
): Verdict | undefined {
  if (!found) return undefined;
  const wanted = clientsOf(deployment.clients, service);
  const there = new Map(found.map((client) => [client.client_id, client]));
  const names = new Set(wanted.map(({ clientId }) => clientId));
  const others = [...there.keys()].filter((clientId) => !names.has(clientId));
  const missing = wanted
    .filter(({ clientId, metadata }) => {
      const client = there.get(clientId);
      return !client || !isDeepStrictEqual({ ...client, ...metadata }, client);
    })
    .map(({ clientId }) => clientId);
  if (missing.length === 0 && others.length === 0) return ok(`Clients of the settings: ${wanted.length}, all applied`);
  return warning(
    `Clients that are not as the settings have them: ${listed([...missing, ...others])}`,
    'This checkout has other settings than the stage, or the job apply-clients failed.',
    command('deploy'),
  );
}

const readStates = ({ sql }: Look) => sql(clientStates);
type States = readonly Pick<ClientState, 'client_id'>[];
const idsOf = (clients: States) => listed(clients.map(({ client_id }) => client_id));

/** `http:` is refused but for addresses of the person's own device, where a server has no business. */
export function judgePlain(clients: readonly ClientState[], { settings }: Judged): Verdict {
  const plain = clients.filter(({ kind, is_plain }) => is_plain && kind === 'confidential');
  if (plain.length === 0 || !settings.deployment.retainData) return ok('No server is signed in to by plain http:');
  return warning(
    `Clients with a server, and redirect URIs of a developer's machine: ${idsOf(plain)}`,
    'Any program on the device of who signs in may get the code there.',
    `Take them out, or make a client for development; ${readme('Clients')}`,
  );
}

export function judgeNames(clients: readonly ClientState[]): Verdict {
  const named = clients.filter(({ is_audience }) => is_audience);
  if (named.length === 0) return ok('No client gets ID tokens that services of others would take');
  return fault(
    `Clients that get ID tokens, and are an audience of others: ${idsOf(named)}`,
    'A service that looks at the audience alone takes their ID tokens for access tokens.',
    `Give one of the two another name; ${readme('Clients')}`,
  );
}

/** As long as a change of a secret takes, with a holiday in between. */
const ROTATED = 14 * DAY;

export function judgeSecrets(clients: readonly ClientState[], { now, command }: Judged): Verdict {
  const left = clients.filter(({ rotated_at: at }) => at !== null && now.getTime() - at > ROTATED);
  if (left.length === 0) return ok('No secret is left over from a rotation');
  return warning(
    `Rotated more than 14 days ago, and the secret before still counts: ${idsOf(left)}`,
    'Whoever has the old one may still use it.',
    command(`clients -- drop-secret ${left[0]?.client_id}`),
  );
}

/** Sessions are kept for 90 days; those of machines are none. */
const UNUSED = 90 * DAY;

export function judgeUse(clients: readonly ClientState[], { now }: Judged): Verdict {
  const unused = clients.filter(({ is_used, created_at }) => is_used === false && now.getTime() - created_at > UNUSED);
  if (unused.length === 0) return ok(`Clients: ${clients.length}, none unused for 90 days that people sign in to`);
  return warning(
    `Clients that nobody has signed in to for 90 days: ${idsOf(unused)}`,
    'What nobody uses, nobody watches.',
    `Remove them; ${readme('Clients')}`,
  );
}

const bounds = { mostBytes: 64 * 1024, patience: 5_000, accept: 'application/jwk-set+json, application/json' };
/** Addresses, which are fetched at once. */
const MOST = 50;

/** From here, as the functions do (S78). */
async function readKeys(look: Look): Promise<{ readonly asked: number; readonly failed: readonly string[] }> {
  const clients = (await look.once(readStates)).filter(({ jwks_uri }) => jwks_uri !== null).slice(0, MOST);
  const fetched = clients.map(async ({ client_id, jwks_uri }) => {
    const { keys } = JSON.parse((await fetchPublic()(jwks_uri ?? '', bounds)).body.toString('utf8'));
    if (!Array.isArray(keys) || keys.length === 0) throw new Error(`${client_id} has no keys`);
  });
  const outcomes = await Promise.allSettled(fetched);
  const failed = clients.filter((_, index) => outcomes[index]?.status === 'rejected');
  return { asked: clients.length, failed: failed.map(({ client_id }) => client_id) };
}

export function judgeKeys({ asked, failed }: { readonly asked: number; readonly failed: readonly string[] }): Verdict {
  if (failed.length === 0) return ok(`Keys of clients at addresses of their own: ${asked} fetched`);
  return warning(
    `Clients whose keys (jwks_uri) cannot be fetched from here: ${listed(failed)}`,
    'They are answered 503 when functions have forgotten the keys, which they do after an hour.',
    'Ask who runs them; curl the address. It has to be public, without a redirect, and JSON of 64 KiB at most',
  );
}

export const clientChecks: readonly Check[] = [
  check('clients-applied', "whether the settings' clients are there", readOfSettings, judgeApplied),
  check('client-names', 'whether a client is named like a service', readStates, judgeNames),
  check('client-keys', "whether clients' keys can be fetched", readKeys, judgeKeys),
  check('client-secrets', "which clients' old secrets still count", readStates, judgeSecrets),
  check('client-redirects', 'which clients are signed in to by plain http', readStates, judgePlain),
  check('clients-unused', 'which clients nobody signs in to', readStates, judgeUse),
];
