/**
 * Keys of the objects that the audit log is exported to: `audit/v1/year=2026/month=11/day=27/0001-0a1b2c3d4e5f6071.ndjson.gz`.
 * Athena, Glue and Spark read the folders as partitions. The digest is that of the content before it is compressed, so a
 * part that is written again has the same key, and one with other entries another.
 */
export interface ArchiveObject {
  /** `2026-11-27`, UTC. */
  readonly day: string;
  /** From 1 on, within the day. */
  readonly part: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

const PART_DIGITS = 4;
const DIGEST_DIGITS = 16;

export function archiveKey(prefix: string, { day, part, digest }: ArchiveObject): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return keyOf(prefix, [year, month, date], String(part).padStart(PART_DIGITS, '0'), digest.slice(0, DIGEST_DIGITS));
}

/** What all keys look like, as IAM writes it: `?` is any one character. */
export const archiveKeys = (prefix: string): string =>
  keyOf(prefix, ['????', '??', '??'], '?'.repeat(PART_DIGITS), '?'.repeat(DIGEST_DIGITS));

const keyOf = (prefix: string, [year, month, date]: readonly string[], part: string, digest: string) =>
  `${prefix}/v1/year=${year}/month=${month}/day=${date}/${part}-${digest}.ndjson.gz`;
