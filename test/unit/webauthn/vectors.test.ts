/**
 * The test vectors of Web Authentication Level 3 §16, as they are there. Half of their authenticators did not verify the
 * user, which we require; two of their pages were in frames. Those are refused for that, and their signatures fit.
 *
 * Source: https://www.w3.org/TR/webauthn-3/#sctn-test-vectors
 */
import { decode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { readAuthenticatorData } from '../../../functions/domain/webauthn/authenticator-data.ts';
import { sha256 } from '../../../functions/domain/webauthn/ceremony.ts';
import { isSignedBy } from '../../../functions/domain/webauthn/cose-key.ts';
import { readAssertion, readCreation } from '../../../functions/domain/webauthn/passkey.ts';
import vectors from './vectors.json' with { type: 'json' };

const rp = { origins: ['https://example.org'], rpId: 'example.org' };
const bytes = (hex: string) => Buffer.from(hex, 'hex');

const good = 'it is good';
const unverified = 'nobody showed that it is theirs';
const framed = 'it was in a frame';
const foreign = 'its algorithm is none of ours';
const outcomes: Readonly<Record<string, readonly [made: string, used: string]>> = {
  'ES256 Credential with No Attestation': [unverified, unverified],
  'ES256 Credential with Self Attestation': [good, unverified],
  'ES256 Credential with "crossOrigin": true in clientDataJSON': [framed, framed],
  'ES256 Credential with "topOrigin" in clientDataJSON': [framed, framed],
  'ES256 Credential with very long credential ID': [unverified, good],
  'Packed Attestation with ES256 Credential': [good, good],
  'Packed Attestation with ES384 Credential': [unverified, foreign],
  'Packed Attestation with ES512 Credential': [foreign, unverified],
  'Packed Attestation with RS256 Credential': [good, unverified],
  'Packed Attestation with Ed25519 Credential': [unverified, unverified],
  'Packed Attestation with Ed448 Credential': [unverified, foreign],
  'TPM Attestation with ES256 Credential': [good, good],
  'Android Key Attestation with ES256 Credential': [good, unverified],
  'Apple Anonymous Attestation with ES256 Credential': [unverified, unverified],
  'FIDO U2F Attestation with ES256 Credential': [unverified, unverified],
};

const outcomeOf = (work: () => unknown): string => {
  try {
    work();
    return good;
  } catch (error) {
    return (error as Error).message;
  }
};

it('has an outcome for each vector', () => {
  expect(vectors.map(({ name }) => name)).toEqual(Object.keys(outcomes));
});

describe.each(vectors)('$name', ({ name, registration, authentication }) => {
  const creation = {
    clientDataJSON: bytes(registration.clientDataJSON),
    attestationObject: bytes(registration.attestationObject),
  };
  const assertion = {
    clientDataJSON: bytes(authentication.clientDataJSON),
    authenticatorData: bytes(authentication.authenticatorData),
    signature: bytes(authentication.signature),
  };
  const { authData } = decode(creation.attestationObject) as { readonly authData: Uint8Array };
  const { made, signCount, mayBackUp } = readAuthenticatorData(Buffer.from(authData));

  it('has the passkey that was made', () => {
    expect(made?.credentialId.toString('hex')).toBe(registration.credentialId);
    expect(made?.aaguid).toBe(registration.aaguid);
  });

  it('has the outcome that it should', () => {
    const passkey = { publicKey: made?.publicKey ?? Buffer.alloc(0), signCount, mayBackUp };
    const create = () => readCreation(creation, { ...rp, challenge: bytes(registration.challenge) });
    const use = () => readAssertion(assertion, passkey, { ...rp, challenge: bytes(authentication.challenge) });
    expect([outcomeOf(create), outcomeOf(use)]).toEqual(outcomes[name]);
  });

  it.skipIf(/ES384|ES512|Ed448/.test(name))('is signed by its key, and by no other byte', () => {
    const data = Buffer.concat([assertion.authenticatorData, sha256(assertion.clientDataJSON)]);
    const key = made?.publicKey ?? Buffer.alloc(0);
    expect(isSignedBy(key, data, assertion.signature)).toBe(true);
    data[0] = (data[0] ?? 0) ^ 1;
    expect(isSignedBy(key, data, assertion.signature)).toBe(false);
  });
});
