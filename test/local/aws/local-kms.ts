/** A local KMS behind an endpoint, and the SDK's client for it. */
import * as aws from '@aws-sdk/client-kms';
import { startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { kmsService } from '../../../lib/local/aws/kms.ts';

export async function startKms(options: { file?: string; now?: () => Date } = {}) {
  const endpoint = await startEndpoint({ port: 0, services: [kmsService(options)] });
  const client = new aws.KMSClient({
    endpoint: endpoint.url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    client,
    async newKey(KeySpec: 'RSA_2048' | 'HMAC_256', more: Partial<aws.CreateKeyCommandInput> = {}) {
      const KeyUsage = KeySpec === 'RSA_2048' ? 'SIGN_VERIFY' : 'GENERATE_VERIFY_MAC';
      const { KeyMetadata } = await client.send(new aws.CreateKeyCommand({ KeySpec, KeyUsage, ...more }));
      if (!KeyMetadata?.KeyId || !KeyMetadata.Arn) throw new Error('no key made');
      return { ...KeyMetadata, KeyId: KeyMetadata.KeyId, Arn: KeyMetadata.Arn };
    },
    close: () => endpoint.close(),
  };
}

/** The form of every KMS error: its class by name, status 400. */
export const aws400 = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });
export const unknownId = '00000000-0000-4000-8000-000000000000';
