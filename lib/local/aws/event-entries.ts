/** PutEvents' entries: which ones the service refuses, and the events that it makes of the others. */
import { randomUUID } from 'node:crypto';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Wire } from './protocol.ts';
import { AwsError } from './service.ts';

export type Entry = Wire<PutEventsRequestEntry>;

/** An event as a rule's target sees it. */
export interface RecordedEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The part of the answer that is about one refused entry. */
export interface Refusal {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

export const MOST_ENTRIES = 10;

/**
 * Bytes of all entries of a request together: 1 MB since 29 January 2026, 256 KB before. The API reference says "less
 * than 1MB"; in a trial, the service took 1,048,576 bytes and refused one more.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
export const MOST_BYTES = 1_048_576;

const MOST_DETAIL_TYPE_CHARACTERS = 128;

/** @throws AwsError ValidationException, which fails the whole request. */
export function checkRequest(entries: readonly Entry[] | undefined): readonly Entry[] {
  const count = entries?.length ?? 0;
  if (!entries || count === 0) throw badCount(count, 'greater than or equal to 1');
  if (count > MOST_ENTRIES) throw badCount(count, `less than or equal to ${MOST_ENTRIES}`);
  if (entries.reduce((sum, entry) => sum + entrySize(entry), 0) > MOST_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return entries;
}

/** Bytes of an entry as EventBridge counts them: neither the bus's name nor the event's envelope counts. */
export function entrySize(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return (entry.Time ? 14 : 0) + texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}

/** Why this entry is refused, whatever the others are; undefined when it is not refused. */
export function refusal(entry: Entry): Refusal | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return invalid(name, `${name} is a required argument.`);
  }
  if ((entry.DetailType ?? '').length > MOST_DETAIL_TYPE_CHARACTERS) {
    return invalid('DetailType', `DetailType is longer than ${MOST_DETAIL_TYPE_CHARACTERS} characters.`);
  }
  if (!parseDetail(entry.Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  // `aws.` is reserved for the events of AWS services.
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return undefined;
}

/** Makes an event with its own id from an entry that was not refused. */
export function toEvent(entry: Entry, where: { accountId: string; region: string; now: Date }): RecordedEvent {
  const time = entry.Time === undefined ? where.now : new Date(entry.Time * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: where.accountId,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: where.region,
    resources: entry.Resources ?? [],
    detail: parseDetail(entry.Detail) ?? {},
  };
}

function parseDetail(detail: string | undefined): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(detail ?? '');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (parameter: string, reason: string): Refusal => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}`,
});

const badCount = (count: number, bound: string) =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value of length ${count} at 'entries' failed to satisfy constraint: ` +
      `Member must have length ${bound}`,
  );
