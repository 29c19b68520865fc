/** What export and deletion do with a person's factors: as personal-data.ts has it for every other table. */
import type { Table } from './personal-data-table.ts';

export const factorTables: Readonly<Record<string, Table>> = {
  factors: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      factor_id: { exported: 'factors.factor_id' },
      name: { exported: 'factors.name' },
      kind: { exported: 'factors.kind' },
      created_at: { exported: 'factors.created_at' },
      last_used_at: { exported: 'factors.last_used_at' },
      is_backed_up: { exported: 'factors.synced' },
      credential_id: { withheld: 'what a passkey is found by; its device has it' },
      public_key: { withheld: 'what its signatures are checked with' },
      secret: { withheld: 'a secret' },
      new_secret: { withheld: 'a secret' },
      code_hashes: { withheld: 'hashes of secrets' },
    },
    other: [
      'user_id',
      'sign_count',
      'may_back_up',
      'transports',
      'aaguid',
      'last_step',
      'new_secret_until',
      'confirmed_at',
      'misses',
      'closed_at',
    ],
  },
};
