/** The local KMS: RSA_2048 signing keys and HMAC_256 keys, aliases and tags. Key policies and grants are not looked at. */
import { aliasOperations } from './kms-aliases.ts';
import { cryptographicOperations } from './kms-cryptography.ts';
import { type KeyStoreOptions, openKeyStore } from './kms-keys.ts';
import { lifecycleOperations } from './kms-lifecycle.ts';
import type { AwsService } from './service.ts';

/** @throws Error when the file of keys cannot be read. */
export function kmsService(options: KeyStoreOptions = {}): AwsService {
  const store = openKeyStore(options);
  return {
    id: 'kms',
    operations: { ...lifecycleOperations(store), ...aliasOperations(store), ...cryptographicOperations(store) },
  };
}
