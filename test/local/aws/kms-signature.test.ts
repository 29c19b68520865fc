import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  digestBytes,
  type SigningAlgorithm,
  signDigest,
  verifyDigest,
  verifyMessage,
} from '../../../lib/local/aws/kms-signature.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** One signature in 256 begins with a zero byte; without that byte it is the same number. */
it.each<SigningAlgorithm>(['RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PSS_SHA_256'])(
  '%s is as long as the modulus: without its leading zero byte, or with one more, it is invalid',
  async (algorithm) => {
    let message: Buffer = Buffer.of();
    let digest: Buffer = Buffer.of();
    let signature: Buffer = Buffer.of(1);
    for (let n = 0; signature[0] !== 0; n++) {
      message = Buffer.from(`message ${n}`);
      digest = createHash('sha256').update(message).digest();
      signature = signDigest(privateKey, algorithm, digest);
    }
    expect(digest).toHaveLength(digestBytes(algorithm));
    expect(verifyDigest(publicKey, algorithm, digest, signature)).toBe(true);
    expect(await verifyMessage(publicKey, algorithm, message, signature)).toBe(true);
    for (const other of [signature.subarray(1), Buffer.concat([Buffer.of(0), signature]), Buffer.of()]) {
      expect(verifyDigest(publicKey, algorithm, digest, other)).toBe(false);
      expect(await verifyMessage(publicKey, algorithm, message, other)).toBe(false);
    }
  },
);
