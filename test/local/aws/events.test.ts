import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { entrySize, MOST_BYTES } from '../../../lib/local/aws/event-entries.ts';
import { eventBridgeService } from '../../../lib/local/aws/events.ts';
import { events, put, registered, useEventBus } from './running-event-bus.ts';

useEventBus();

describe('PutEvents', () => {
  it('gives each event an id, and keeps the event as a target sees it', async () => {
    const answer = await put(registered, {
      ...registered,
      Resources: ['arn:r'],
      Time: new Date('2026-01-02T03:04:05Z'),
    });
    expect(answer.FailedEntryCount).toBe(0);
    const [first, second] = answer.Entries ?? [];
    const seen = {
      version: '0',
      id: first?.EventId,
      'detail-type': 'huleedu.identity.user.registered.v1',
      source: 'huleedu.identity',
      account: '000000000000',
      time: '2026-11-24T10:00:00Z',
      region: 'eu-north-1',
      resources: [],
      detail: { event_id: 'e1', data: { email: 'ann@example.org' } },
    };
    expect(events.events()).toEqual([
      seen,
      { ...seen, id: second?.EventId, resources: ['arn:r'], time: '2026-01-02T03:04:05Z' },
    ]);
    expect(first?.EventId).not.toBe(second?.EventId);
  });

  it.each<[string, Partial<PutEventsRequestEntry>, string, string]>([
    [
      'no source',
      { Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'no detail type',
      { DetailType: '' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'a detail type too long',
      { DetailType: 'x'.repeat(129) },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.',
    ],
    [
      'no detail',
      { Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['a detail that is not JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is not an object', { Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a source of AWS', { Source: 'aws.ec2' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('refuses an entry with %s and takes the others', async (_, change, ErrorCode, ErrorMessage) => {
    const answer = await put(registered, { ...registered, ...change }, registered);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries).toEqual([
      { EventId: expect.any(String) },
      { ErrorCode, ErrorMessage },
      { EventId: expect.any(String) },
    ]);
    expect(events.events()).toHaveLength(2);
  });

  it.each([0, 11])('refuses a request of %i entries as a whole', async (count) => {
    await expect(put(...Array.from({ length: count }, () => registered))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("at 'entries' failed to satisfy constraint"),
    });
    expect(events.events()).toEqual([]);
  });

  it('takes ten entries of a megabyte together, and refuses all of them for one byte more', async () => {
    const ofBytes = (bytes: number): PutEventsRequestEntry => {
      const bare = entrySize({ ...registered, Time: undefined, Detail: '{"pad":""}' });
      return { ...registered, Detail: JSON.stringify({ pad: 'x'.repeat(bytes - bare) }) };
    };
    const nine = Array.from({ length: 9 }, () => ofBytes(100_000));
    const rest = MOST_BYTES - 900_000;
    expect((await put(...nine, ofBytes(rest))).FailedEntryCount).toBe(0);
    await expect(put(...nine, ofBytes(rest + 1))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  it('counts UTF-8 bytes of source, detail type, detail and resources, and 14 for a time', () => {
    expect(entrySize({ Source: 'é', DetailType: 'ab', Detail: '{}', Resources: ['a', '€'], Time: 1 })).toBe(24);
  });

  it('answers with an id for a bus that does not exist, and drops the event, as EventBridge does', async () => {
    const answer = await put({ ...registered, EventBusName: 'nowhere' });
    expect(answer.Entries).toEqual([{ EventId: expect.any(String) }]);
    expect(events.events()).toEqual([]);
  });

  it('keeps the newest events only, up to the setting', async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      const entries = Array.from({ length: 10 }, (_, i) => ({ ...registered, Detail: `{"n":${batch * 10 + i}}` }));
      await put(...entries);
    }
    expect(events.events().map(({ detail }) => detail.n)).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i));
  });
});

describe('ordered failures of entries', () => {
  it('refuse entries one by one with the given code, until the order ends', async () => {
    events.failEntries((entry) => entry.Detail === '{"n":2}', 'InternalFailure');
    const entries = [1, 2, 3].map((n) => ({ ...registered, Detail: `{"n":${n}}` }));
    const answer = await put(...entries);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[1]).toEqual({ ErrorCode: 'InternalFailure', ErrorMessage: 'A fault ordered for a test' });
    expect(events.events().map(({ detail }) => detail.n)).toEqual([1, 3]);

    events.failEntries(0);
    expect((await put(...entries)).FailedEntryCount).toBe(0);
  });

  it('can hit a share of all entries', async () => {
    let draw = 0;
    const sharing = eventBridgeService({ busNames: [], random: () => (draw++ % 10) / 10 });
    sharing.failEntries(0.2);
    const Entries = Array.from({ length: 10 }, () => ({ ...registered, EventBusName: 'default' }));
    expect(await sharing.operations.PutEvents?.({ Entries })).toMatchObject({ FailedEntryCount: 2 });
    expect(sharing.events()).toHaveLength(8);
  });
});
