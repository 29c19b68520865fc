import { describe, expect, it } from 'vitest';
import { exportedFields } from '../../../functions/domain/audit-detail.ts';
import { auditPseudonyms, exportedEntry } from '../../../functions/domain/exported-entry.ts';
import { athenaColumns, misfits } from '../../support/athena-table.ts';

const pseudonyms = auditPseudonyms(Buffer.alloc(32, 1));
const id = (digit: string) => `01a20d50-a8bb-7204-ba70-${digit.repeat(12)}`;
const entry = {
  entry_id: id('1'),
  occurred_at: '2026-11-27T10:00:00.000Z',
  action: 'login.failed',
  user_id: id('2'),
  actor_id: id('3'),
  ip_address: '192.0.2.1',
  correlation_id: id('4'),
  detail: { session_id: id('5'), org_id: id('6'), reason: 'invalid_password', roles: ['owner'], email: 'a@b.example' },
};

describe('S53: an exported entry', () => {
  it('has pseudonyms where the log has ids, no address, and no field of a detail that is not declared', () => {
    expect(exportedEntry(entry, pseudonyms)).toEqual({
      entry_id: entry.entry_id,
      occurred_at: entry.occurred_at,
      action: 'login.failed',
      subject: pseudonyms.of(id('2')),
      actor: pseudonyms.of(id('3')),
      request: pseudonyms.ofRequest(id('4')),
      detail: {
        session_id: pseudonyms.of(id('5')),
        org_id: pseudonyms.of(id('6')),
        reason: 'invalid_password',
        roles: ['owner'],
      },
      pseudonym_key: pseudonyms.keyName,
    });
  });

  it('has the columns of the table in the README, and a detail those of the table’s struct', () => {
    const { detail, ...columns } = athenaColumns();
    expect(Object.keys(exportedEntry(entry, pseudonyms)).filter((name) => name !== 'detail')).toEqual(
      Object.keys(columns),
    );
    expect(Object.keys(detail ?? {}).toSorted()).toEqual(exportedFields.toSorted());
    expect(misfits(exportedEntry(entry, pseudonyms))).toEqual([]);
    expect(misfits({ subject: 1, detail: { replays: 'one', other: '' } })).toEqual([
      'subject',
      'detail.replays',
      'detail.other',
    ]);
  });

  it('says of nobody that it is nobody', () => {
    expect(exportedEntry({ ...entry, user_id: null, actor_id: null }, pseudonyms)).toMatchObject({
      subject: null,
      actor: null,
    });
  });

  it('has one pseudonym for an id however it is spelt, another with another key, which its name tells apart', () => {
    const other = auditPseudonyms(Buffer.alloc(32, 2));
    expect(pseudonyms.of(id('a').toUpperCase())).toBe(pseudonyms.of(id('a')));
    expect(other.of(id('a'))).not.toBe(pseudonyms.of(id('a')));
    expect(other.keyName).not.toBe(pseudonyms.keyName);
    expect(pseudonyms.of(id('a'))).toMatch(/^[\w-]{22}$/);
  });
});
