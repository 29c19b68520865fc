/** OAuth clients for tests: a line makes one. */
import { type ClientKind, newClientId } from '../../functions/domain/client.ts';
import { completeMetadata, type GivenMetadata, metadataFaults } from '../../functions/domain/client-metadata.ts';
import { hashSecret, newClientSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { saveClient } from '../../functions/store/clients.ts';
import { contextAt, databaseOf } from './outbox.ts';
import type { Service } from './service.ts';
import { defaultSettings } from './settings.ts';

export interface TestClient {
  readonly clientId: ClientId;
  /** Empty where it has none. */
  readonly secret: string;
  /** Its first; empty for a machine. */
  readonly redirectUri: string;
  /** How it shows who it is in a header, RFC 6749 §2.3.1; empty for a public one, which puts `client_id` into the form. */
  readonly basic: { readonly authorization?: string };
}

export interface ClientWishes extends Partial<GivenMetadata> {
  /** Instead of a random one. */
  readonly clientId?: string;
}

const REDIRECT_URI = 'https://app.example/callback';

/**
 * `await newClient(service, 'confidential', { scopes: ['openid'], pkce: 'optional' })`. Signed in to at
 * `https://app.example/callback` unless `redirect_uris` says otherwise.
 * @throws Error for metadata that no client may have
 */
export async function newClient(
  service: Pick<Service, 'awsUrl' | 'database'>,
  kind: ClientKind,
  { clientId: name, ...more }: ClientWishes = {},
): Promise<TestClient> {
  const clientId = (name ?? newClientId()) as ClientId;
  const uris = kind === 'machine' ? {} : { redirect_uris: [REDIRECT_URI] };
  const metadata = completeMetadata({ kind, name: 'An app', ...uris, ...more }, clientId, defaultSettings);
  const faults = metadataFaults(metadata, clientId, defaultSettings);
  if (faults.length > 0) throw new Error(faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '));
  const secret = metadata.authentication === 'client_secret' ? newClientSecret() : '';
  const outcome = await saveClient(
    await databaseOf(service),
    'operator',
    { clientId, source: 'command', orgId: null, metadata, secrets: { hashes: secret ? [hashSecret(secret)] : [] } },
    'create',
    contextAt(new Date()),
  );
  if (outcome !== 'created') throw new Error(`the client was not made: ${outcome}`);
  const encoded = [clientId, secret].map(encodeURIComponent).join(':');
  return {
    clientId,
    secret,
    redirectUri: metadata.redirect_uris[0] ?? '',
    basic: secret ? { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` } : {},
  };
}
