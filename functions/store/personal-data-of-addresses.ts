/** What export and deletion do with a person's mails and with changes of the address: as personal-data.ts has it elsewhere. */
import type { Table } from './personal-data-table.ts';

export const addressTables: Readonly<Record<string, Table>> = {
  mails: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      mail_id: { withheld: "an id that only this service's mails carry" },
      address_key: { withheld: 'a keyed hash of the address' },
      message_id: { exported: 'mails.message_id' },
      sent_at: { exported: 'mails.sent_at' },
      failed_at: { exported: 'mails.failed_at' },
    },
    // 'stopped' is said of the address (suppressed_addresses).
    other: ['user_id', 'has_link', 'stopped'],
  },
  suppressed_addresses: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      address_key: { withheld: 'a keyed hash of the address' },
      reason: { exported: 'profile.mail_stopped.reason' },
      suppressed_at: { exported: 'profile.mail_stopped.since' },
    },
    other: ['user_id', 'links_too'],
  },
  email_changes: {
    of: 'user_id = :user_id::uuid',
    deletion: 'rows go',
    personal: {
      change_id: { exported: 'email_changes.change_id' },
      old_email: { exported: 'email_changes.old_email' },
      old_email_key: { withheld: 'the address again, as addresses are compared' },
      old_verified_at: { withheld: 'the audit log has when an address was proved' },
      new_email: { exported: 'email_changes.new_email' },
      new_email_key: { withheld: 'the address again, as addresses are compared' },
      new_mailbox_key: { withheld: 'a keyed hash of the address' },
      requested_at: { exported: 'email_changes.requested_at' },
      confirmed_at: { exported: 'email_changes.confirmed_at' },
      cancelled_at: { exported: 'email_changes.cancelled_at' },
      undone_at: { exported: 'email_changes.undone_at' },
    },
    other: ['user_id', 'session_id', 'password_epoch', 'expires_at', 'confirmation_id', 'end_id'],
  },
};
