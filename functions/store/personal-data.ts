/**
 * Personal data, declared once (S72): every column of every table is named here, with what export and deletion do with
 * it; the fields of events are in personal-event-fields.ts. test/service/personal-data.test.ts holds the migrated
 * database, the event schemas, the export and all ways of deletion against both.
 *
 * An id is a pseudonym: it stays in the audit log and in events, where it names nobody once the account is gone. What
 * left by the bus is the consumers' to erase (AccountDeletedV1); the bus keeps an archive only where the setting
 * `eventArchiveDays` asks for one.
 */

import { addressTables } from './personal-data-of-addresses.ts';
import { clientTables } from './personal-data-of-clients.ts';
import { factorTables } from './personal-data-of-factors.ts';
import type { Table } from './personal-data-table.ts';

export type { PersonalColumn, Table } from './personal-data-table.ts';

const isPseudonym = 'an id, which names nobody once the account is gone';

export const tables: Readonly<Record<string, Table>> = {
  users: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      user_id: { exported: 'profile.user_id' },
      email: { exported: 'profile.email' },
      email_key: { withheld: 'the address again, as addresses are compared' },
      email_verified_at: { exported: 'profile.email_verified' },
      password_hash: { withheld: 'a secret' },
      first_name: { exported: 'profile.person_name.first_name' },
      last_name: { exported: 'profile.person_name.last_name' },
      legal_full_name: { exported: 'profile.person_name.legal_full_name' },
      display_name: { exported: 'profile.display_name' },
      locale: { exported: 'profile.locale' },
      platform_roles: { exported: 'profile.platform_roles' },
      source: { exported: 'profile.source' },
      registered_ip: { exported: 'profile.registered_from.ip_address' },
      registered_user_agent: { exported: 'profile.registered_from.user_agent' },
      registered_at: { exported: 'profile.registered_at' },
      updated_at: { exported: 'profile.updated_at' },
      locked_until: { withheld: 'a locked account cannot sign in to export; the audit log has the lock and its end' },
    },
    other: ['password_epoch', 'devices_since', 'webauthn_id', 'factors_reset_at', 'password_from_mail'],
  },
  organizations: {
    // Those that nobody else is in; the others are their members'.
    of: `org_id in (select org_id from memberships group by org_id having bool_and(user_id = :user_id::uuid))`,
    deletion: 'rows go',
    personal: {
      org_id: { exported: 'memberships.org_id' },
      name: { exported: 'memberships.name' },
    },
    other: ['created_at', 'level_2_roles', 'level_2_from', 'shared_devices'],
  },
  memberships: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      org_id: { exported: 'memberships.org_id' },
      roles: { exported: 'memberships.roles' },
      created_at: { exported: 'memberships.joined_at' },
    },
    other: ['user_id'],
  },
  sessions: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      session_id: { exported: 'sessions.session_id' },
      org_id: { exported: 'sessions.org_id' },
      device_name: { exported: 'sessions.device_name' },
      user_agent: { exported: 'sessions.user_agent' },
      rotated_agent: { withheld: 'a hash of the user agent' },
      ip_address: { exported: 'sessions.ip_address' },
      created_at: { exported: 'sessions.created_at' },
      reauthenticated_at: { exported: 'sessions.authenticated_at' },
      last_seen_at: { exported: 'sessions.last_seen_at' },
      revoked_at: { exported: 'sessions.revoked_at' },
      revoked_reason: { exported: 'sessions.revoked_reason' },
      kind: { exported: 'sessions.kind' },
      client_id: { exported: 'sessions.client_id' },
      scope: { exported: 'sessions.scope' },
      resource: { exported: 'sessions.resource' },
      chosen_at: { withheld: 'about when it was created, which the export has' },
    },
    other: [
      'browser_session_id',
      'offline',
      'claims',
      'refresh',
      'sid',
      'dpop_jkt',
      'idle_seconds',
      'amr',
      'acr',
      'restores_factors',
      'level_at',
      'level_until',
      'user_id',
      'password_epoch',
      'known_device',
      'idle_expires_at',
      'expires_at',
      // The refresh chain.
      'generation',
      'current_hash',
      'previous_hash',
      'chain_nonce',
      'status_index',
      'chain_start',
      'rotated_at',
      'rotations',
      'replays',
      'replayed',
      'replay_count',
      'honoured_once',
    ],
  },
  ...clientTables,
  ...factorTables,
  one_time_tokens: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      created_at: { withheld: 'the audit log has each request for a link' },
      used_at: { withheld: 'the audit log has what a link was used for' },
      asked_ip: { withheld: 'the audit log has each request for a link' },
      asked_user_agent: { withheld: 'for ten minutes, to say in a mail who asked' },
    },
    other: [
      'token_id',
      'user_id',
      'purpose',
      'expires_at',
      'redemption_id',
      'voided_at',
      'guesses',
      'login_hash',
      'asked_by',
    ],
  },
  invitations: {
    // To the mailbox, which whoever has not proved it may not have. Those that the person sent go with the account too.
    of: `email_key in (select email_key from users where user_id = :user_id::uuid and email_verified_at is not null)`,
    deletion: 'rows go',
    personal: {
      token_id: { exported: 'invitations.invitation_id' },
      org_id: { exported: 'invitations.org_id' },
      email: { exported: 'invitations.email' },
      email_key: { withheld: 'the address again, as addresses are compared' },
      roles: { exported: 'invitations.roles' },
      invited_by: { withheld: "the inviter's" },
      created_at: { exported: 'invitations.created_at' },
    },
    other: ['expires_at', 'used_at', 'redemption_id'],
  },
  audit_log: {
    // What the person did. What an administrator did to the account has the administrator's address.
    of: 'coalesce(actor_id, user_id) = :user_id::uuid',
    deletion: 'rows stay',
    personal: {
      entry_id: { exported: 'audit.entry_id', kept: isPseudonym },
      occurred_at: { exported: 'audit.occurred_at', kept: 'when something happened to an account' },
      action: { exported: 'audit.action', kept: 'what happened to an account' },
      user_id: { exported: 'audit.user_id', kept: isPseudonym },
      ip_address: { exported: 'audit.ip_address' },
      correlation_id: { exported: 'audit.correlation_id', kept: isPseudonym },
      detail: {
        exported: 'audit.detail',
        kept: 'ids, reasons and counts; never an address or what people typed (audit.ts)',
      },
    },
    // Who it was, where that was somebody else.
    other: ['actor_id'],
  },
  audit_exports: { personal: {}, other: ['day', 'part', 'last_id', 'entries', 'is_last', 'exported_at'] },
  event_outbox: {
    personal: {
      data: { withheld: 'copies of what the other tables hold', kept: 'field by field, by personal-event-fields.ts' },
    },
    other: [
      'event_id',
      'topic',
      'aggregate_type',
      'aggregate_id',
      'sequence',
      'correlation_id',
      'occurred_at',
      'available_at',
      'lease_id',
      'leased_until',
      'published_at',
      'attempts',
      'last_error',
      'dead',
    ],
  },
  event_sequences: { personal: {}, other: ['aggregate_id', 'sequence'] },
  event_sequence_floor: { personal: {}, other: ['only_row', 'floor'] },
  login_failures: {
    personal: {
      address_key: {
        withheld: 'a keyed hash, which names nobody',
        kept: 'by a sweep alone, a day at most; the account that its owner deletes takes it along',
      },
    },
    other: ['failures', 'locked_until', 'failed_at'],
  },
  ...addressTables,
  rate_limits: {
    personal: { key: { withheld: 'a keyed hash, which names nobody', kept: 'until its window is over' } },
    other: ['window_start', 'hits', 'expires_at', 'admitted', 'most', 'slot', 'span', 'refused_at'],
  },
  inbox: { personal: {}, other: ['consumer', 'event_id', 'claim_id', 'leased_until', 'received_at', 'done_at'] },
  passkey_domain: { personal: {}, other: ['only_row', 'rp_id', 'noted_at'] },
  schema_migrations: { personal: {}, other: ['name', 'checksum', 'applied_at'] },
};
