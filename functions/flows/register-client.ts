/** Clients that register themselves, and see, replace and remove what they have registered (RFC 7591, RFC 7592). */
import { newClientId } from '../domain/client.ts';
import {
  newRegistrationToken,
  type RegistrationSettings,
  readMetadata,
  registrationHash,
  type SentMetadata,
} from '../domain/client-registration.ts';
import { isSecret } from '../domain/client-secret.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { admit as countRequest } from '../store/rate-limits.ts';
import { admitRegistration } from '../store/registration-tokens.ts';
import { readClient, type SavedClient, saveMetadata } from './administer-clients.ts';
import type { Needing } from './needs.ts';

export type RegisterNeeds = Needing<'database' | 'pseudonyms', RegistrationSettings & LimitSettings>;

/** With the token by which it manages its registration. It stays the same: who lost the answer to a PUT has it still. */
export interface Registered extends SavedClient {
  readonly registrationToken: string;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * @param token as it was sent, where registering needs one
 * @throws Problem FORBIDDEN where the stage registers nobody; TOKEN_INVALID, RATE_LIMITED; VALIDATION_ERROR with each fault
 */
export async function registerClient(
  needs: RegisterNeeds,
  { sent, token }: { readonly sent: SentMetadata; readonly token: string | null },
  context: RequestContext,
): Promise<Registered> {
  await admit(needs, token, context);
  const clientId = newClientId();
  const metadata = checked(sent, clientId, needs);
  const registrationToken = newRegistrationToken('rat');
  const ownDoing = {
    registrationHash: registrationHash(registrationToken),
    idleAt: new Date(context.now.getTime() + needs.settings.registration.unusedDays * DAY),
  };
  const wanted = { clientId, metadata, source, ownDoing };
  return { ...(await saveMetadata(needs, 'registration', wanted, 'create', context)), registrationToken };
}

const source = 'registration' as const;

async function admit({ database, settings, ...needs }: RegisterNeeds, token: string | null, context: RequestContext) {
  const { clients } = settings.registration;
  if (clients === 'off') throw new Problem('FORBIDDEN', { detail: 'Clients do not register themselves here.' });
  if (clients === 'token' && token === null) throw new Problem('TOKEN_INVALID', { tokenSent: false });
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const tokenHash = token === null ? null : registrationHash(token);
  // By the token, where one is needed: whoever has none cannot use up what others may.
  const inAll = clients === 'token' ? (tokenHash?.toString('hex') ?? '') : '';
  const counted = [...limits.byIp('registrationPerIp', context.ipAddress), ...limits.by('registrationInAll', inAll)];
  const { exceeded, isKnown } = await admitRegistration(database, { limits: counted, tokenHash }, context);
  if (exceeded) throw tooMany(exceeded);
  if (clients === 'token' && !isKnown) throw new Problem('TOKEN_INVALID');
}

function checked(sent: SentMetadata, clientId: ClientId, { settings }: Pick<RegisterNeeds, 'settings'>) {
  const { metadata, faults } = readMetadata(sent, clientId, settings);
  if (faults.length > 0) throw new Problem('VALIDATION_ERROR', { errors: faults });
  return metadata;
}

/** Who manages a registration: whichever client is named, it is the one that the token is of, or TOKEN_INVALID. */
export interface Manager {
  readonly clientId: ClientId;
  readonly registrationToken: string;
}

/**
 * Replaces all that it registered. Counted as registering is, apart from it: each change is reported, and whoever may name
 * another address at any time has us ask as many of them (S78).
 * @throws Problem RATE_LIMITED; TOKEN_INVALID; VALIDATION_ERROR with each fault, also for another client's id or secret
 */
export async function replaceRegistration(
  needs: RegisterNeeds,
  { clientId, registrationToken }: Manager,
  {
    client_id: named,
    client_secret: secret,
    ...sent
  }: SentMetadata & {
    readonly client_id: string;
    readonly client_secret?: string | undefined;
  },
  context: RequestContext,
): Promise<Registered> {
  const author = { tokenHash: registrationHash(registrationToken) };
  const limits = limitsAt(context.now, await needs.pseudonyms(), needs.settings);
  const counted = [
    ...limits.byIp('registrationPerIp', context.ipAddress, 'change '),
    ...limits.by('registrationPerIp', `change ${author.tokenHash.toString('hex')}`),
  ];
  const exceeded = await countRequest(needs.database, counted, context);
  if (exceeded) throw tooMany(exceeded);
  if (secret !== undefined || named !== clientId) {
    const { secrets } = await readClient(needs, author, clientId, context);
    const own = (field: string, holds: boolean) => (holds ? [] : [{ pointer: `/${field}`, detail: 'is not its own' }]);
    const errors = [
      ...own('client_id', named === clientId),
      ...own('client_secret', secret === undefined || isSecret(secret, secrets, context.now)),
    ];
    if (errors.length > 0) throw new Problem('VALIDATION_ERROR', { errors });
  }
  const wanted = { clientId, metadata: checked(sent, clientId, needs), source } as const;
  return { ...(await saveMetadata(needs, author, wanted, 'change', context)), registrationToken };
}
