/** The local KMS: RSA_2048 signing keys and HMAC_256 keys, aliases and tags. It enforces no key policy, and has no grants. */
import type { KeyObject } from 'node:crypto';
import { aliasOperations } from './kms-aliases.ts';
import { cryptographicOperations } from './kms-cryptography.ts';
import { type KeyStoreOptions, openKeyStore } from './kms-keys.ts';
import { lifecycleOperations } from './kms-lifecycle.ts';
import { policyOperations } from './kms-policy.ts';
import type { AwsService } from './service.ts';

export interface KmsOptions extends KeyStoreOptions {
  /** Makes RSA_2048 keys. */
  readonly newRsaKey?: () => Promise<KeyObject>;
}

/** @throws Error when the file of keys cannot be read. */
export function kmsService({ newRsaKey, ...options }: KmsOptions = {}): AwsService {
  const store = openKeyStore(options);
  return {
    id: 'kms',
    operations: {
      ...lifecycleOperations(store, newRsaKey),
      ...aliasOperations(store),
      ...policyOperations(store),
      ...cryptographicOperations(store),
    },
  };
}
