import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { algorithmOf, type CoseAlgorithm, coseAlgorithms } from '../../../functions/domain/webauthn/cose-key.ts';
import { PasskeyFault } from '../../../functions/domain/webauthn/fault.ts';
import {
  type Assertion,
  type Creation,
  readAssertion,
  readCreation,
} from '../../../functions/domain/webauthn/passkey.ts';
import { type Behaviour, createPasskey } from '../../support/authenticator.ts';

const origin = 'https://id.example.org';
const rpId = 'example.org';
const page = { origin, rpId };
const challenge = randomBytes(32);
const expected = { challenge, origins: [origin], rpId };

function made(behaviour: Partial<Behaviour> = {}) {
  const passkey = createPasskey(challenge, { ...page, ...behaviour });
  return { ...passkey, known: readCreation(passkey.creation, expected) };
}

describe.each(coseAlgorithms)('a passkey of algorithm %i', (algorithm) => {
  const passkey = made({ algorithm });

  it('is read as it was made', () => {
    expect(passkey.known).toMatchObject({
      algorithm,
      aaguid: '0'.repeat(32),
      signCount: 0,
      mayBackUp: true,
      isBackedUp: true,
    });
    expect(passkey.known.credentialId).toEqual(passkey.credentialId);
  });

  it('signs in', () => {
    const outcome = readAssertion(passkey.assert(challenge), passkey.known, expected);
    expect(outcome).toEqual({ signCount: 0, isBackedUp: true, countsBack: false });
  });

  it('is what another implementation takes it for', async () => {
    const { credentialId, creation, known } = passkey;
    const id = credentialId.toString('base64url');
    const common = { expectedChallenge: challenge.toString('base64url'), expectedOrigin: origin, expectedRPID: rpId };
    const response = { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;
    const registered = await verifyRegistrationResponse({
      ...common,
      response: { ...response, response: encoded(creation) },
      supportedAlgorithmIDs: [...coseAlgorithms],
    });
    expect(registered.verified).toBe(true);
    expect(Buffer.from(registered.registrationInfo?.credential.publicKey ?? [])).toEqual(known.publicKey);
    const { verified } = await verifyAuthenticationResponse({
      ...common,
      response: { ...response, response: encoded(passkey.assert(challenge)) },
      credential: { id, publicKey: new Uint8Array(known.publicKey), counter: 0 },
    });
    expect(verified).toBe(true);
  });
});

const encoded = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.toString('base64url')])) as {
    [name in keyof T]: string;
  };

/** Each in the making and in the use. */
const refusals: readonly (readonly [string, Partial<Behaviour>, string])[] = [
  ['nobody touched', { isPresent: false }, 'nobody was there'],
  ['whose owner was not verified', { isVerified: false }, 'nobody showed'],
  ['at another origin', { origin: 'https://id.example.org.evil.example' }, 'another origin'],
  ['at another port of our host', { origin: `${origin}:8443` }, 'another origin'],
  ['in a frame', { crossOrigin: true }, 'in a frame'],
  ['for another relying party', { rpId: 'id.example.org' }, 'another relying party'],
];

it.each(refusals)('refuses a passkey %s', (_, behaviour, reason) => {
  expect(() => made(behaviour)).toThrow(reason);
  const { known, assert } = made();
  expect(() => readAssertion(assert(challenge, behaviour), known, expected)).toThrow(reason);
});

it('S83: refuses an answer to another challenge, and one of the other ceremony', () => {
  const { known, assert, creation } = made();
  const other = randomBytes(32);
  expect(() => readAssertion(assert(other), known, expected)).toThrow('another challenge');
  expect(() => readCreation(creation, { ...expected, challenge: other })).toThrow('another challenge');
  const mixed = { ...assert(challenge), clientDataJSON: creation.clientDataJSON };
  expect(() => readAssertion(mixed, known, expected)).toThrow('another ceremony');
});

it('refuses another passkey of the same page', () => {
  expect(() => readAssertion(made().assert(challenge), made().known, expected)).toThrow('signature');
});

it('notices a counter that goes back, or stays, and one that is 0 for ever says nothing', () => {
  const { known, assert } = made({ signCount: 5 });
  const countsBack = (signCount: number) => readAssertion(assert(challenge, { signCount }), known, expected).countsBack;
  expect([4, 5, 6, 0].map(countsBack)).toEqual([true, true, false, true]);
});

it('refuses a passkey that may be backed up, and could not when it was made', () => {
  const { known, assert } = made({ mayBackUp: false });
  expect(() => readAssertion(assert(challenge, { mayBackUp: true }), known, expected)).toThrow('backed up');
});

/** 64-bit linear congruential generator: the same mutations in each run. */
function numbers(seed: bigint) {
  let state = seed;
  return (below: number) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

function mutated(bytes: Buffer, below: (most: number) => number): Buffer {
  const at = below(bytes.length);
  const copy = Buffer.from(bytes);
  switch (below(5)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Buffer.concat([copy, Buffer.alloc(1 + below(40), below(256))]);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
    default:
      copy[at] = ((copy[at] ?? 0) + 1 + below(255)) % 256;
      return copy;
  }
}

it('refuses 1,000 mutated assertions and 1,000 mutated creations, each as a fault that it names', () => {
  const below = numbers(18n);
  const passkeys = coseAlgorithms.map((algorithm: CoseAlgorithm) => made({ algorithm }));
  for (let n = 0; n < 1_000; n++) {
    const { known, assert, creation } = passkeys[n % passkeys.length] as (typeof passkeys)[number];
    const assertion: Assertion = assert(challenge);
    const part = (['clientDataJSON', 'authenticatorData', 'signature'] as const)[below(3)] ?? 'signature';
    const changed = { ...assertion, [part]: mutated(assertion[part], below) };
    expect(() => readAssertion(changed, known, expected)).toThrow(PasskeyFault);
    // A creation is signed by nobody: what stays a passkey for our page, challenge and owner is one.
    const half = below(2) === 0 ? 'clientDataJSON' : 'attestationObject';
    const broken: Creation = { ...creation, [half]: mutated(creation[half], below) };
    try {
      readCreation(broken, expected);
    } catch (error) {
      expect(error).toBeInstanceOf(PasskeyFault);
    }
  }
});

const odd = (length: number, first = 0x80) =>
  Buffer.concat([Buffer.of(first), Buffer.alloc(length - 2, 0x5a), Buffer.of(1)]);
const cose = (n: Uint8Array, e: Uint8Array): Buffer =>
  Buffer.from(
    encode(
      new Map<number, unknown>([
        [1, 3],
        [3, -257],
        [-1, n],
        [-2, e],
      ]),
    ),
  );
const usual = Buffer.of(1, 0, 1);

it.each([
  ['whose exponent lets anybody sign', odd(256), Buffer.of(1)],
  ['without an exponent', odd(256), Buffer.alloc(0)],
  ['whose exponent makes each check slow', odd(256), odd(256)],
  ['that is short, and filled up with zeros', Buffer.concat([Buffer.alloc(200), odd(56)]), usual],
  ['that is even', Buffer.concat([odd(255), Buffer.of(2)]), usual],
  ['of nothing but zeros', Buffer.alloc(256), usual],
])('S83: takes no RSA key %s', (_, n, e) => {
  expect(() => algorithmOf(cose(n, e))).toThrow(PasskeyFault);
  expect(algorithmOf(cose(odd(256), usual))).toBe(-257);
});

/** Without the sign of x, which each has either way. */
const smallOrders = [
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  // The same, above the prime.
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];
const ed25519 = (point: Buffer) =>
  Buffer.from(
    encode(
      new Map<number, unknown>([
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, point],
      ]),
    ),
  );

it.each(smallOrders)('S83: takes no Ed25519 key of a small order, by which anybody signs: %s', (hex) => {
  const point = Buffer.from(hex, 'hex');
  expect(() => algorithmOf(ed25519(point))).toThrow(PasskeyFault);
  point[31] = (point[31] ?? 0) | 0x80;
  expect(() => algorithmOf(ed25519(point))).toThrow(PasskeyFault);
});

it('takes other Ed25519 keys', () => {
  for (let times = 0; times < 50; times += 1) {
    const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    expect(algorithmOf(ed25519(Buffer.from(x, 'base64url')))).toBe(-8);
  }
});
