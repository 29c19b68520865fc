/** The writing statements of the store about clients. */
import { completeMetadata, type GivenMetadata } from '../../functions/domain/client-metadata.ts';
import { hashSecret } from '../../functions/domain/client-secret.ts';
import { type ClientId, newId, type SecretId } from '../../functions/domain/ids.ts';
import { keepClientLogo } from '../../functions/store/client-logos.ts';
import { changeSecrets } from '../../functions/store/client-secrets.ts';
import { type ClientToSave, saveClient } from '../../functions/store/clients.ts';
import { endNextSessions, removeClient } from '../../functions/store/removed-clients.ts';
import { spend } from '../../functions/store/used-once.ts';
import { pictures } from './pictures.ts';
import { defaultSettings } from './settings.ts';
import type { World } from './world.ts';
import type { StoreCall } from './writes.ts';

/** The world's client; prepared by saving it. */
export const clientOf = ({ own }: World): ClientId => `c-${own}` as unknown as ClientId;

export const LOGO_URI = 'https://app.example/logo.png';

/** Raised as all administrators of a world are. */
export const administratorOf = ({ admin }: World) => ({ claims: admin.claims, settings: defaultSettings });

export const toSave = (world: World, more: Partial<GivenMetadata> = {}): ClientToSave => {
  const clientId = clientOf(world);
  const given = { kind: 'confidential', name: 'App', redirect_uris: ['https://app.example/'], ...more } as const;
  const metadata = completeMetadata(given, clientId, defaultSettings);
  return {
    clientId,
    source: 'command',
    orgId: null,
    metadata,
    secrets: { hashes: [hashSecret('zero')], ifNone: true },
  };
};

export const clientCalls: Readonly<Record<string, StoreCall>> = {
  'a new client': (world, context, database) =>
    saveClient(database, 'operator', { ...toSave(world), secrets: { hashes: [hashSecret('one')] } }, 'create', context),
  'a new client of an administrator': (world, context, database) =>
    saveClient(database, administratorOf(world), toSave(world), 'create', context),
  'a client that is changed': (world, context, database) =>
    saveClient(
      database,
      'operator',
      { ...toSave(world, { name: 'Other' }), secrets: { hashes: [hashSecret('two')] } },
      'change',
      context,
    ),
  'a client that is saved as it is': (world, context, database) =>
    saveClient(database, 'operator', toSave(world), 'either', context),
  "a client's other secret": (world, context, database) =>
    changeSecrets(
      database,
      administratorOf(world),
      { clientId: clientOf(world), source: 'command' },
      { add: hashSecret('three'), secretId: newId<SecretId>() },
      context,
    ),
  "a client's older secret that is dropped": (world, context, database) =>
    changeSecrets(database, 'operator', { clientId: clientOf(world), source: 'command' }, { drop: 'older' }, context),
  'the secrets of a client of the settings': (world, context, database) =>
    changeSecrets(
      database,
      'operator',
      { clientId: clientOf(world), source: 'command' },
      { exactly: [hashSecret('four')] },
      context,
    ),
  'a client that is removed': (world, context, database) =>
    removeClient(database, administratorOf(world), { clientId: clientOf(world), source: 'command' }, context),
  'a logo that is kept': (world, { now }, database) =>
    keepClientLogo(
      database,
      { clientId: clientOf(world), logoUri: LOGO_URI, logo: { type: 'png', bytes: pictures.png } },
      now,
    ),
  'an assertion that is spent': (world, { now }, database) =>
    spend(database, {
      purpose: 'client-assertion',
      hash: world.person.addressKey,
      expiresAt: now,
      attemptId: world.person.userId,
    }),
  'the sessions of a client that was removed': (world, context, database) =>
    endNextSessions(
      database,
      { client_id: clientOf(world), removed_at: context.now.toISOString() },
      { after: null, most: 10 },
      context,
    ),
  'the end of the sessions of a client that was removed': (world, context, database) =>
    endNextSessions(
      database,
      { client_id: clientOf(world), removed_at: context.now.toISOString() },
      { after: world.second.sessionId, most: 10 },
      context,
    ),
};
