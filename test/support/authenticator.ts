/** An authenticator and the browser in front of it, in software: makes passkeys, and signs challenges with them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { encode } from 'cborg';
import type { CoseAlgorithm } from '../../functions/domain/webauthn/cose-key.ts';

export interface Behaviour {
  readonly origin: string;
  readonly rpId: string;
  readonly algorithm?: CoseAlgorithm;
  readonly isVerified?: boolean;
  readonly isPresent?: boolean;
  readonly mayBackUp?: boolean;
  readonly isBackedUp?: boolean;
  readonly crossOrigin?: boolean;
  /** What the counter is at; it does not count by default. */
  readonly signCount?: number;
}

const sha256 = (value: string | Buffer) => createHash('sha256').update(value).digest();

/** Makes a passkey, as `navigator.credentials.create` does, and gives what signs with it. */
export function createPasskey(challenge: Buffer, behaviour: Behaviour) {
  const { publicKey, privateKey } = keysFor(behaviour.algorithm ?? -7);
  const credentialId = randomBytes(32);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(credentialId.length);
  const made = Buffer.concat([Buffer.alloc(16), length, credentialId, coseOf(publicKey)]);
  const authData = Buffer.concat([authenticatorData(behaviour, true), made]);
  const attestation: readonly (readonly [string, unknown])[] = [
    ['fmt', 'none'],
    ['attStmt', {}],
    ['authData', authData],
  ];
  const creationFor = (asked: Buffer) => ({
    clientDataJSON: clientData('webauthn.create', asked, behaviour),
    attestationObject: Buffer.from(encode(new Map(attestation))),
  });
  return {
    credentialId,
    creation: creationFor(challenge),
    /** As a copy of it would say that it was just made. */
    recreate: (next: Buffer) => ({ credentialId, creation: creationFor(next) }),
    /** As `navigator.credentials.get` does. */
    assert(next: Buffer, changed: Partial<Behaviour> = {}) {
      const now = { ...behaviour, ...changed };
      const clientDataJSON = clientData('webauthn.get', next, now);
      const data = authenticatorData(now, false);
      const signed = Buffer.concat([data, sha256(clientDataJSON)]);
      const hash = now.algorithm === -8 ? null : 'sha256';
      return { clientDataJSON, authenticatorData: data, signature: sign(hash, signed, privateKey) };
    },
  };
}

const clientData = (type: string, challenge: Buffer, { origin, crossOrigin = false }: Behaviour) =>
  Buffer.from(JSON.stringify({ type, challenge: challenge.toString('base64url'), origin, crossOrigin }));

function authenticatorData(behaviour: Behaviour, makes: boolean): Buffer {
  const { rpId, isPresent = true, isVerified = true, mayBackUp = true, isBackedUp = true, signCount = 0 } = behaviour;
  const bits = [isPresent, false, isVerified, mayBackUp, isBackedUp && mayBackUp, false, makes];
  const flags = bits.reduce((sum, bit, index) => sum + (bit ? 2 ** index : 0), 0);
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags);
  rest.writeUInt32BE(signCount, 1);
  return Buffer.concat([sha256(rpId), rest]);
}

const keysFor = (algorithm: CoseAlgorithm) =>
  algorithm === -7
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : algorithm === -8
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2048 });

function coseOf(publicKey: KeyObject): Buffer {
  const { kty, x = '', y = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  const members: readonly (readonly [number, unknown])[] =
    kty === 'EC'
      ? [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]
      : kty === 'OKP'
        ? [
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, bytes(x)],
          ]
        : [
            [1, 3],
            [3, -257],
            [-1, bytes(n)],
            [-2, bytes(e)],
          ];
  return Buffer.from(encode(new Map(members)));
}
