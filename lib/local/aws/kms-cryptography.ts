/** The local KMS's operations that use a key: Sign, Verify, GenerateMac, VerifyMac, GetPublicKey. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  GenerateMacCommandInput,
  GetPublicKeyCommandInput,
  SignCommandInput,
  VerifyCommandInput,
  VerifyMacCommandInput,
} from '@aws-sdk/client-kms';
import { type KeyStore, type KeyUsage, materialOf, type StoredKey, usable } from './kms-keys.ts';
import {
  digestBytes,
  type SigningAlgorithm,
  signDigest,
  signingAlgorithms,
  signMessage,
  verifyDigest,
  verifyMessage,
} from './kms-signature.ts';
import type { Wire } from './protocol.ts';
import { AwsError, type Operation } from './service.ts';
import { among, blob, present } from './validation.ts';

/** KMS's limit on a message, bytes; the caller hashes a longer one. */
const messageLimit = 4096;
const signatureLimit = 6144;

export function cryptographicOperations(store: KeyStore): Record<string, Operation> {
  const arnOf = (key: StoredKey) => store.arn(`key/${key.id}`);

  function keyFor(operation: string, usage: KeyUsage, input: { KeyId: string | undefined; DryRun?: boolean }) {
    const key = usable(store.resolve(input.KeyId), store);
    if (key.usage === usage) return key;
    throw new AwsError(
      'InvalidKeyUsageException',
      `${arnOf(key)} key usage is ${key.usage} which is not valid for ${operation}.`,
    );
  }

  function messageOf(input: Pick<Wire<SignCommandInput>, 'Message' | 'MessageType'>, algorithm: SigningAlgorithm) {
    const bytes = blob(input.Message, 'message', messageLimit);
    const isDigest = among(input.MessageType ?? 'RAW', 'messageType', ['RAW', 'DIGEST']) === 'DIGEST';
    if (isDigest && bytes.length !== digestBytes(algorithm)) {
      throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
    }
    return { bytes, isDigest };
  }

  function macOf(key: StoredKey, input: Pick<Wire<GenerateMacCommandInput>, 'Message' | 'MacAlgorithm'>): Buffer {
    if (present(input.MacAlgorithm, 'macAlgorithm') !== 'HMAC_SHA_256') {
      throw incompatible(input.MacAlgorithm, key);
    }
    const message = blob(input.Message, 'message', messageLimit);
    return createHmac('sha256', materialOf(key).secret).update(message).digest();
  }

  return {
    async Sign(input: Wire<SignCommandInput>) {
      const key = keyFor('Sign', 'SIGN_VERIFY', input);
      const algorithm = algorithmFor(key, input.SigningAlgorithm);
      const { bytes, isDigest } = messageOf(input, algorithm);
      refuseDryRun(input);
      const { secret } = materialOf(key);
      const signature = isDigest ? signDigest(secret, algorithm, bytes) : await signMessage(secret, algorithm, bytes);
      return { KeyId: arnOf(key), Signature: signature.toString('base64'), SigningAlgorithm: algorithm };
    },

    async Verify(input: Wire<VerifyCommandInput>) {
      const key = keyFor('Verify', 'SIGN_VERIFY', input);
      const algorithm = algorithmFor(key, input.SigningAlgorithm);
      const { bytes, isDigest } = messageOf(input, algorithm);
      const signature = blob(input.Signature, 'signature', signatureLimit);
      refuseDryRun(input);
      const isValid = isDigest
        ? verifyDigest(materialOf(key).public, algorithm, bytes, signature)
        : await verifyMessage(materialOf(key).public, algorithm, bytes, signature);
      if (!isValid) throw new AwsError('KMSInvalidSignatureException', '');
      return { KeyId: arnOf(key), SignatureValid: true, SigningAlgorithm: algorithm };
    },

    GenerateMac(input: Wire<GenerateMacCommandInput>) {
      const key = keyFor('GenerateMac', 'GENERATE_VERIFY_MAC', input);
      const mac = macOf(key, input);
      refuseDryRun(input);
      return { KeyId: arnOf(key), Mac: mac.toString('base64'), MacAlgorithm: input.MacAlgorithm };
    },

    VerifyMac(input: Wire<VerifyMacCommandInput>) {
      const key = keyFor('VerifyMac', 'GENERATE_VERIFY_MAC', input);
      const expected = macOf(key, input);
      const given = blob(input.Mac, 'mac', signatureLimit);
      refuseDryRun(input);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new AwsError('KMSInvalidMacException', '');
      }
      return { KeyId: arnOf(key), MacValid: true, MacAlgorithm: input.MacAlgorithm };
    },

    // By KMS's table of key states, a disabled key refuses this operation too.
    GetPublicKey(input: Wire<GetPublicKeyCommandInput>) {
      const key = usable(store.resolve(input.KeyId), store);
      if (key.spec !== 'RSA_2048') {
        throw new AwsError('UnsupportedOperationException', `${arnOf(key)} is not an asymmetric key.`);
      }
      return {
        KeyId: arnOf(key),
        PublicKey: materialOf(key).public.export({ format: 'der', type: 'spki' }).toString('base64'),
        CustomerMasterKeySpec: key.spec,
        KeySpec: key.spec,
        KeyUsage: key.usage,
        SigningAlgorithms: signingAlgorithms,
      };
    },
  };
}

function algorithmFor(key: StoredKey, name: string | undefined): SigningAlgorithm {
  const algorithm = signingAlgorithms.find((one) => one === present(name, 'signingAlgorithm'));
  if (algorithm === undefined) throw incompatible(name, key);
  return algorithm;
}

const incompatible = (algorithm: string | undefined, key: StoredKey) =>
  new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);

/** KMS answers a dry run that would have succeeded with an error that says so. */
function refuseDryRun(input: { DryRun?: boolean }): void {
  if (input.DryRun) {
    throw new AwsError('DryRunOperationException', 'The request would have succeeded, but DryRun is set', 412);
  }
}
