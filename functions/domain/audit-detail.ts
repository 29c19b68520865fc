/**
 * The fields of an audit entry's `detail`, each declared once, with what the exported log has of it: the value, or a
 * pseudonym where it is an id, since events and logs have the same id beside a person's; `kept` is not exported. A field that
 * is not here cannot be written (store/audit.ts), and one that an older version wrote is not exported.
 */
const fields = {
  amr: 'value',
  by: 'value',
  // It names a program, never a person.
  client_id: 'value',
  counted_by: 'value',
  // Its kind.
  factor: 'value',
  generation: 'value',
  invitation_id: 'pseudonym',
  known_device: 'value',
  level_2_from: 'value',
  limit: 'value',
  locked_until: 'value',
  org_id: 'pseudonym',
  reason: 'value',
  replays: 'value',
  role: 'value',
  roles: 'value',
  scopes: 'value',
  session_id: 'pseudonym',
  shared_devices: 'value',
  // Words about a person, which go with the account (migrations/0030): an exported object could not be written over.
  stated_reason: 'kept',
} as const satisfies Readonly<Record<string, 'value' | 'pseudonym' | 'kept'>>;

/** What SQL keeps for itself has another name where it is exported. */
const renamed: Readonly<Record<string, string>> = { by: 'done_by', limit: 'rate_limit' };
const nameOf = (field: string) => renamed[field] ?? field;

/** As they are exported. */
export const exportedFields = Object.entries(fields).flatMap(([name, as]) => (as === 'kept' ? [] : [nameOf(name)]));

export type AuditDetailField = keyof typeof fields;
export type AuditDetail = Readonly<Partial<Record<AuditDetailField, unknown>>>;
export type ExportedDetail = Readonly<Record<string, unknown>>;

/** What is exported of a detail. */
export function exportedDetail(
  detail: Readonly<Record<string, unknown>>,
  pseudonym: (id: string) => string,
): ExportedDetail {
  const exported = Object.entries(fields).flatMap(([name, as]) => {
    const value = detail[name];
    if (value === undefined || value === null || as === 'kept') return [];
    return [[nameOf(name), as === 'pseudonym' ? pseudonym(String(value)) : value]];
  });
  return Object.fromEntries(exported);
}
