/**
 * Passkeys: WebAuthn Level 3, discoverable, with user verification. An attestation is neither asked for nor read: what a
 * company says of the authenticators that it made decides nothing here.
 *
 * Source: https://www.w3.org/TR/webauthn-3/
 */
import { readAuthenticatorData } from './authenticator-data.ts';
import { readWholeMap } from './cbor.ts';
import { checkAuthenticator, checkClientData, type Expected, sha256 } from './ceremony.ts';
import { algorithmOf, type CoseAlgorithm, isSignedBy } from './cose-key.ts';
import { PasskeyFault } from './fault.ts';

/** `AuthenticatorAttestationResponse`. */
export interface Creation {
  readonly clientDataJSON: Buffer;
  readonly attestationObject: Buffer;
}

/** A passkey as it was made. */
export interface NewPasskey {
  readonly credentialId: Buffer;
  /** COSE (RFC 9052 §7). */
  readonly publicKey: Buffer;
  readonly algorithm: CoseAlgorithm;
  /** Hexadecimal. */
  readonly aaguid: string;
  readonly signCount: number;
  /** It may be on several devices of its owner, and whether it is. */
  readonly mayBackUp: boolean;
  readonly isBackedUp: boolean;
}

/**
 * Checks what `navigator.credentials.create` gave (§7.1).
 * @throws PasskeyFault
 */
export function readCreation({ clientDataJSON, attestationObject }: Creation, expected: Expected): NewPasskey {
  checkClientData(clientDataJSON, 'webauthn.create', expected);
  const data = readAuthenticatorData(authenticatorDataIn(attestationObject));
  checkAuthenticator(data, expected);
  const { made, signCount, mayBackUp, isBackedUp } = data;
  if (!made) throw new PasskeyFault('no passkey was made');
  return { ...made, algorithm: algorithmOf(made.publicKey), signCount, mayBackUp, isBackedUp };
}

/** `AuthenticatorAssertionResponse`. */
export interface Assertion {
  readonly clientDataJSON: Buffer;
  readonly authenticatorData: Buffer;
  readonly signature: Buffer;
}

/** What we have of a passkey. */
export type KnownPasskey = Pick<NewPasskey, 'publicKey' | 'signCount' | 'mayBackUp'>;

export interface Asserted {
  readonly signCount: number;
  readonly isBackedUp: boolean;
  /**
   * It counted less than before: perhaps there are two of it (§6.1.1). Passkeys that are on several devices count as
   * they like, so this alone refuses nobody.
   */
  readonly countsBack: boolean;
}

/**
 * Checks what `navigator.credentials.get` gave, but for whose passkey it is (§7.2).
 * @throws PasskeyFault
 */
export function readAssertion(
  { clientDataJSON, authenticatorData, signature }: Assertion,
  passkey: KnownPasskey,
  expected: Expected,
): Asserted {
  checkClientData(clientDataJSON, 'webauthn.get', expected);
  const data = readAuthenticatorData(authenticatorData);
  checkAuthenticator(data, expected);
  const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
  if (!isSignedBy(passkey.publicKey, signed, signature)) throw new PasskeyFault('its signature does not fit');
  // §7.2 step 20: whether it may be backed up is settled when it is made.
  if (data.mayBackUp !== passkey.mayBackUp)
    throw new PasskeyFault('it may be backed up, and could not before, or the other way');
  const { signCount, isBackedUp } = data;
  const counts = signCount !== 0 || passkey.signCount !== 0;
  return { signCount, isBackedUp, countsBack: counts && signCount <= passkey.signCount };
}

function authenticatorDataIn(attestationObject: Buffer): Buffer {
  const data = readWholeMap(attestationObject, 'its attestation object').get('authData');
  if (!(data instanceof Uint8Array)) throw new PasskeyFault('its attestation object has no authenticator data');
  return Buffer.from(data);
}
