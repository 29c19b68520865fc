/** What export and deletion do with a person's factors: as personal-data.ts has it for every other table. */
import type { Table } from './personal-data-table.ts';

export const factorTables: Readonly<Record<string, Table>> = {
  factors: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      name: { withheld: 'nobody has any yet' },
      kind: { withheld: 'nobody has any yet' },
      created_at: { withheld: 'nobody has any yet' },
      last_used_at: { withheld: 'nobody has any yet' },
      is_backed_up: { withheld: 'nobody has any yet' },
      credential_id: { withheld: 'what a passkey is found by; its device has it' },
      public_key: { withheld: 'what its signatures are checked with' },
      secret: { withheld: 'a secret' },
      new_secret: { withheld: 'a secret' },
      code_hashes: { withheld: 'hashes of secrets' },
    },
    other: [
      'factor_id',
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
