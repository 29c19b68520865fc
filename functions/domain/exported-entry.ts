/**
 * What the archive has of an audit entry: no address and no id of a person, but a pseudonym, which only the key and the id
 * together give. So it says what happened to one account, and not whose that is.
 *
 * It has no IP in any form. An erasure takes that out of the log (migrations/0009), and could not reach it here; and a
 * keyed hash of one is none: whoever has the key tries all four billion. `entry_id` stays as it is: it finds the entry, with its
 * address, for those who may read the database, as long as that has it.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { type ExportedDetail, exportedDetail } from './audit-detail.ts';

export interface ExportedEntry {
  readonly entry_id: string;
  /** RFC 3339, UTC, with milliseconds. */
  readonly occurred_at: string;
  readonly action: string;
  /** Whose account it concerns. */
  readonly subject: string | null;
  /** Who did it, where that is somebody else. */
  readonly actor: string | null;
  /** All entries of one request have the same. */
  readonly request: string;
  readonly detail: ExportedDetail;
  /** Names the key's version: pseudonyms of two versions cannot be compared. */
  readonly pseudonym_key: string;
}

/** An entry, as the log has it. */
export interface LoggedEntry {
  readonly entry_id: string;
  readonly occurred_at: string;
  readonly action: string;
  readonly user_id: string | null;
  readonly actor_id: string | null;
  readonly correlation_id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** 128 bits in base64url: as many as an id has. */
const LENGTH = 22;

export interface AuditPseudonyms {
  /** Of an id that the service made: of an account, an organisation, a session, an invitation. */
  of(id: string): string;
  /**
   * Of a correlation id, and never what stands for another id: callers choose theirs, so whoever reads the archive could
   * send an account's id as one, and find its pseudonym in the entry of that request.
   */
  ofRequest(id: string): string;
  /** Names the key, and gives nothing of it away. */
  readonly keyName: string;
}

/** @param key of the secret `audit-pseudonym`, which is for nothing else: without its version, no id leads to what was exported */
export function auditPseudonyms(key: Buffer): AuditPseudonyms {
  const secret = createSecretKey(key);
  const mac = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const ofKind = (kind: string) => (id: string) => mac(`${kind}\0${id.toLowerCase()}`).slice(0, LENGTH);
  return { of: ofKind('id'), ofRequest: ofKind('request'), keyName: mac('name').slice(0, 8) };
}

export function exportedEntry(entry: LoggedEntry, pseudonyms: AuditPseudonyms): ExportedEntry {
  const { of, ofRequest } = pseudonyms;
  return {
    entry_id: entry.entry_id,
    occurred_at: entry.occurred_at,
    action: entry.action,
    subject: entry.user_id && of(entry.user_id),
    actor: entry.actor_id && of(entry.actor_id),
    request: ofRequest(entry.correlation_id),
    detail: exportedDetail(entry.detail, of),
    pseudonym_key: pseudonyms.keyName,
  };
}
