import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import * as aws from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from 'vitest';
import { aws400, startKms, unknownId } from './local-kms.ts';

const { client: kms, newKey, close } = await startKms();
afterAll(close);

const publicKey = async (KeyId: string) => {
  const { PublicKey } = await kms.send(new aws.GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};

const message = Buffer.from('header.payload');
const digestOf = (bytes: Buffer, hash = 'sha256') => createHash(hash).update(bytes).digest();

describe('signatures', () => {
  const algorithms = [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
  ];
  const sign = (input: Partial<aws.SignCommandInput>) =>
    kms.send(
      new aws.SignCommand({ Message: message, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', ...input } as never),
    );

  it.each(algorithms as aws.SigningAlgorithmSpec[])(
    '%s of a message and of its digest verify with the public key, and in KMS either way',
    async (SigningAlgorithm) => {
      const { KeyId, Arn } = await newKey('RSA_2048');
      const hash = SigningAlgorithm.replace(/.*SHA_/, 'sha');
      const key = await publicKey(KeyId);
      const padding = SigningAlgorithm.includes('PSS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
      const inputs = [
        { Message: message, MessageType: 'RAW' },
        { Message: digestOf(message, hash), MessageType: 'DIGEST' },
      ] as const;

      for (const input of inputs) {
        const { Signature, KeyId: signedBy } = await sign({ KeyId, ...input, SigningAlgorithm });
        expect(signedBy).toBe(Arn);
        const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
        expect(verify(hash, message, { key, padding, saltLength }, Signature ?? Buffer.of())).toBe(true);
        for (const check of inputs) {
          const verified = await kms.send(new aws.VerifyCommand({ KeyId, ...check, Signature, SigningAlgorithm }));
          expect(verified.SignatureValid).toBe(true);
        }
      }
    },
  );

  it('by PKCS #1 are the same bytes for a message and for its digest', async () => {
    const { KeyId } = await newKey('RSA_2048');
    const ofMessage = await sign({ KeyId });
    const ofDigest = await sign({ KeyId, Message: digestOf(message), MessageType: 'DIGEST' });
    expect(ofDigest.Signature).toEqual(ofMessage.Signature);
  });

  it.each(algorithms.slice(0, 3) as aws.SigningAlgorithmSpec[])(
    '%s of something else, changed, cut or by another key are invalid',
    async (SigningAlgorithm) => {
      const [{ KeyId }, other] = await Promise.all([newKey('RSA_2048'), newKey('RSA_2048')]);
      const { Signature = Buffer.of() } = await sign({ KeyId, SigningAlgorithm });
      const changed = Uint8Array.from(Signature, (byte, index) => (index === 100 ? byte ^ 1 : byte));
      const digest = digestOf(message, SigningAlgorithm.replace(/.*SHA_/, 'sha'));
      const wrong = [
        { KeyId, Message: Buffer.from('other'), Signature },
        { KeyId, Message: message, Signature: changed },
        { KeyId, Message: message, Signature: Signature.slice(1) },
        { KeyId: other.KeyId, Message: message, Signature },
        { KeyId, Message: digest.map((byte) => byte ^ 1), MessageType: 'DIGEST', Signature },
        { KeyId, Message: digest, MessageType: 'DIGEST', Signature: changed },
        { KeyId, Message: digest, MessageType: 'DIGEST', Signature: Signature.slice(1) },
        { KeyId: other.KeyId, Message: digest, MessageType: 'DIGEST', Signature },
      ] as const;
      for (const input of wrong) {
        const error = await kms
          .send(new aws.VerifyCommand({ SigningAlgorithm, ...input }))
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(aws.KMSInvalidSignatureException);
        expect(error).toMatchObject(aws400('KMSInvalidSignatureException'));
      }
    },
  );

  it.each<[string, Partial<aws.SignCommandInput>, string]>([
    ['an empty message', { Message: Buffer.of() }, 'ValidationException'],
    ['a message over 4096 bytes', { Message: Buffer.alloc(4097) }, 'ValidationException'],
    ['a digest of the wrong length', { Message: Buffer.alloc(31), MessageType: 'DIGEST' }, 'ValidationException'],
    ['an unknown message type', { MessageType: 'TEXT' as 'RAW' }, 'ValidationException'],
    ['no algorithm', { SigningAlgorithm: undefined }, 'ValidationException'],
    ['an algorithm of other keys', { SigningAlgorithm: 'ECDSA_SHA_256' }, 'InvalidKeyUsageException'],
  ])('are refused for %s', async (_, input, name) => {
    const { KeyId } = await newKey('RSA_2048');
    await expect(sign({ KeyId, ...input })).rejects.toMatchObject(aws400(name));
  });

  it('accept the longest allowed message', async () => {
    const { KeyId } = await newKey('RSA_2048');
    expect((await sign({ KeyId, Message: Buffer.alloc(4096) })).Signature).toHaveLength(256);
  });

  it('are not made in a dry run', async () => {
    const { KeyId } = await newKey('RSA_2048');
    const error = await sign({ KeyId, DryRun: true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(aws.DryRunOperationException);
    await expect(sign({ KeyId: unknownId, DryRun: true })).rejects.toBeInstanceOf(aws.NotFoundException);
  });

  it('are not made by an HMAC key, which also has no public key', async () => {
    const { KeyId } = await newKey('HMAC_256');
    await expect(sign({ KeyId })).rejects.toBeInstanceOf(aws.InvalidKeyUsageException);
    await expect(publicKey(KeyId)).rejects.toBeInstanceOf(aws.UnsupportedOperationException);
  });
});

describe('MACs', () => {
  const MacAlgorithm = 'HMAC_SHA_256';

  it('are made and verified', async () => {
    const { KeyId, Arn } = await newKey('HMAC_256');
    const { Mac } = await kms.send(new aws.GenerateMacCommand({ KeyId, Message: message, MacAlgorithm }));
    expect(Mac).toHaveLength(32);
    const verified = await kms.send(new aws.VerifyMacCommand({ KeyId, Message: message, MacAlgorithm, Mac }));
    expect(verified).toMatchObject({ KeyId: Arn, MacValid: true, MacAlgorithm });

    for (const wrong of [
      { Message: Buffer.from('other') },
      { Mac: Mac?.slice(1) },
      { KeyId: (await newKey('HMAC_256')).KeyId },
    ]) {
      const input = { KeyId, Message: message, MacAlgorithm, Mac, ...wrong } as const;
      await expect(kms.send(new aws.VerifyMacCommand(input))).rejects.toBeInstanceOf(aws.KMSInvalidMacException);
    }
  });

  it('are refused for another algorithm and for a signing key', async () => {
    const { KeyId } = await newKey('HMAC_256');
    const other = new aws.GenerateMacCommand({ KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_512' });
    await expect(kms.send(other)).rejects.toBeInstanceOf(aws.InvalidKeyUsageException);
    const rsa = await newKey('RSA_2048');
    const signing = new aws.GenerateMacCommand({ KeyId: rsa.KeyId, Message: message, MacAlgorithm });
    await expect(kms.send(signing)).rejects.toBeInstanceOf(aws.InvalidKeyUsageException);
  });
});
