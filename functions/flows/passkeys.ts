/** Passkeys of whoever is signed in: made, listed, removed. */
import { randomBytes } from 'node:crypto';
import type { CreationOptions, RegistrationCredential } from '../contracts/http/passkeys.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { type FactorId, newId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { nameOfModel } from '../domain/webauthn/authenticator-models.ts';
import { CHALLENGE_TIMEOUT, newChallenge, readChallenge } from '../domain/webauthn/challenge.ts';
import { coseAlgorithms } from '../domain/webauthn/cose-key.ts';
import { PasskeyFault } from '../domain/webauthn/fault.ts';
import { type NewPasskey, readCreation } from '../domain/webauthn/passkey.ts';
import type { RelyingPartySettings } from '../domain/webauthn/relying-party.ts';
import { log } from '../runtime/log.ts';
import { addPasskey, beginPasskey } from '../store/passkey-enrolment.ts';
import { listPasskeys, type PasskeyRow, removePasskey } from '../store/passkeys.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { WaySettings } from '../store/ways-in.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing } from './needs.ts';
import { assertPasskeys, descriptorsOf, hexToBase64url } from './passkey-options.ts';

/** Of a page: its session, which is no client's. */
export type PasskeyOwner = Pick<AccessClaims, 'sub' | 'sid' | 'scope'>;

export type MakePasskeyNeeds = Needing<
  'database' | 'passkeyChallenges',
  RecencySettings & RelyingPartySettings & Pick<Settings, 'brand'>
>;

/**
 * What a browser makes a passkey by. That the person authenticated within minutes (S85) is asked for here, and holds for as
 * long as the challenge: nobody is refused when the passkey has been made already.
 * @throws Problem TOKEN_INVALID, FORBIDDEN, CONFLICT; those of {@link assertSure}
 */
export async function passkeyOptions(
  { database, settings, passkeyChallenges }: MakePasskeyNeeds,
  owner: PasskeyOwner,
  context: RequestContext,
): Promise<CreationOptions> {
  const { rpId } = assertPasskeys(settings);
  // 32 random bytes: it says nothing, also to whoever has the device (WebAuthn L3 §14.6.1).
  const begun = await beginPasskey(database, owner, randomBytes(32), settings, context);
  assertSure(begun, owner, settings);
  const { email, webauthn_id: userHandle, passkeys } = begun;
  if (email === null || userHandle === null || passkeys === null) throw new Error('an account without its name');
  return {
    challenge: await newChallenge(passkeyChallenges, { use: 'create', of: owner.sid }, context.now),
    rp: { id: rpId, name: settings.brand.name },
    user: { id: Buffer.from(userHandle).toString('base64url'), name: email, displayName: email },
    pubKeyCredParams: coseAlgorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: CHALLENGE_TIMEOUT,
    excludeCredentials: descriptorsOf(passkeys),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
  };
}

export interface GivenPasskey {
  readonly credential: RegistrationCredential;
  /** As its owner calls it; that of its provider by default. */
  readonly name: string | undefined;
}

/** @throws Problem TOKEN_INVALID, CHALLENGE_INVALID, CONFLICT; VALIDATION_ERROR for what no authenticator of ours makes */
export async function createPasskey(
  { database, settings, passkeyChallenges }: MakePasskeyNeeds,
  owner: PasskeyOwner,
  { credential, name }: GivenPasskey,
  context: RequestContext,
) {
  const party = assertPasskeys(settings);
  const { clientDataJSON, attestationObject, transports = [] } = credential.response;
  const clientData = Buffer.from(clientDataJSON, 'base64url');
  const answered = await readChallenge(passkeyChallenges, clientData, { use: 'create', of: owner.sid }, context.now);
  if (!answered) throw new Problem('CHALLENGE_INVALID');
  const made = madeOf(
    { clientDataJSON: clientData, attestationObject: Buffer.from(attestationObject, 'base64url') },
    { ...party, challenge: answered.challenge },
  );
  const passkey = {
    ...made,
    factorId: newId<FactorId>(),
    name: name ?? nameOfModel(made.aaguid),
    // Whatever a browser calls them, they are given back to it: words, and few (WebAuthn L3 §5.8.4).
    transports: transports.filter((transport) => /^[a-z-]{1,16}$/.test(transport)).slice(0, 8),
    rpId: party.rpId,
    once: answered.once,
  };
  const verdict = await addPasskey(database, owner, passkey, context);
  assertAllowed(verdict);
  return shownPasskey({
    passkey_id: passkey.factorId,
    credential_id: made.credentialId.toString('hex'),
    name: passkey.name,
    created_at: context.now.getTime(),
    last_used_at: null,
    can_sync: made.mayBackUp,
    synced: made.isBackedUp,
  });
}

function madeOf(...given: Parameters<typeof readCreation>): NewPasskey {
  try {
    return readCreation(...given);
  } catch (error) {
    if (!(error instanceof PasskeyFault)) throw error;
    log('warn', 'passkey refused', { reason: error.message });
    const detail = 'is not a passkey of this service with user verification';
    throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: '/credential', detail }], cause: error });
  }
}

/** @throws Problem TOKEN_INVALID */
export async function ownPasskeys(
  { database, settings }: Needing<'database', RelyingPartySettings>,
  owner: PasskeyOwner,
  context: RequestContext,
) {
  const { rpId } = assertPasskeys(settings);
  const own = await listPasskeys(database, owner, context);
  if (!own) throw new Problem('TOKEN_INVALID');
  return {
    rp_id: rpId,
    user_handle: own.webauthnId && Buffer.from(own.webauthnId).toString('base64url'),
    passkeys: own.passkeys.map(shownPasskey),
  };
}

const shownPasskey = (row: PasskeyRow) => ({
  passkey_id: row.passkey_id,
  credential_id: hexToBase64url(row.credential_id),
  name: row.name,
  created_at: new Date(row.created_at).toISOString(),
  last_used_at: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
  can_sync: row.can_sync,
  synced: row.synced,
});

/** @throws Problem TOKEN_INVALID, RESOURCE_NOT_FOUND, CONFLICT for the last way in (S87); those of {@link assertSure} */
export async function dropPasskey(
  { database, settings }: Needing<'database', RecencySettings & WaySettings>,
  owner: PasskeyOwner,
  factorId: FactorId,
  context: RequestContext,
): Promise<void> {
  assertSure(await removePasskey(database, owner, factorId, settings, context), owner, settings);
}
