/**
 * What an authenticator says beside its signature (WebAuthn L3 §6.1):
 * `rpIdHash 32 ‖ flags 1 ‖ signCount 4 [‖ aaguid 16 ‖ length 2 ‖ credentialId ‖ COSE key] [‖ extensions]`.
 */
import { readMap } from './cbor.ts';
import { PasskeyFault } from './fault.ts';

/** Of a passkey that was just made. */
interface Made {
  /** Of the kind of authenticator, hexadecimal; zeros where it does not say. */
  readonly aaguid: string;
  readonly credentialId: Buffer;
  /** COSE. */
  readonly publicKey: Buffer;
}

export interface AuthenticatorData {
  /** SHA-256 of the relying party's id. */
  readonly rpIdHash: Buffer;
  /** Somebody touched it. */
  readonly isPresent: boolean;
  /** That was its owner, by PIN or biometrics. */
  readonly isVerified: boolean;
  /** The passkey may be on several devices of its owner. Never changes. */
  readonly mayBackUp: boolean;
  readonly isBackedUp: boolean;
  /** 0 where the authenticator does not count. */
  readonly signCount: number;
  readonly made?: Made;
}

/** WebAuthn L3 §5.8.3. */
const MOST_ID_BYTES = 1_023;
const flag = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40, ED: 0x80 } as const;

/** @throws PasskeyFault for bytes of another form, and for more of them than that */
export function readAuthenticatorData(bytes: Buffer): AuthenticatorData {
  if (bytes.length < 37) throw new PasskeyFault('the authenticator data is too short');
  const flags = bytes.readUInt8(32);
  const has = (bit: number) => (flags & bit) !== 0;
  // §6.1.3: what may not be backed up is not.
  if (has(flag.BS) && !has(flag.BE)) throw new PasskeyFault('it is backed up, and may not be');
  const [made, madeEnd] = has(flag.AT) ? readMade(bytes) : [undefined, 37];
  const end = has(flag.ED) ? madeEnd + readMap(bytes.subarray(madeEnd), 'the extension data')[1] : madeEnd;
  if (end !== bytes.length) throw new PasskeyFault('the authenticator data has more after its end');
  return {
    rpIdHash: bytes.subarray(0, 32),
    isPresent: has(flag.UP),
    isVerified: has(flag.UV),
    mayBackUp: has(flag.BE),
    isBackedUp: has(flag.BS),
    signCount: bytes.readUInt32BE(33),
    ...(made && { made }),
  };
}

function readMade(bytes: Buffer): [Made, number] {
  if (bytes.length < 55) throw new PasskeyFault('the new passkey is cut off');
  const idEnd = 55 + bytes.readUInt16BE(53);
  if (idEnd === 55 || idEnd - 55 > MOST_ID_BYTES || idEnd > bytes.length) {
    throw new PasskeyFault('the id of the new passkey has a bad length');
  }
  const end = idEnd + readMap(bytes.subarray(idEnd), 'its public key')[1];
  return [
    {
      aaguid: bytes.toString('hex', 37, 53),
      credentialId: bytes.subarray(55, idEnd),
      publicKey: bytes.subarray(idEnd, end),
    },
    end,
  ];
}
