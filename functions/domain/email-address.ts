/** Addresses: kept as given, compared by their key. */

/**
 * What two spellings of one address have in common: NFC, trimmed, lower case. Comparing the local part without case
 * is stricter than RFC 5321 §2.4 and what every mailbox provider does.
 */
export function emailKey(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}
