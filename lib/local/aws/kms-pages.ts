/** Lists in pages, as KMS returns them: Limit and Marker in, Truncated and NextMarker out. */
import { AwsError } from './service.ts';
import { within } from './validation.ts';

export interface Page<Item> {
  readonly items: Item[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

/**
 * Returns one page of the items by name. The marker holds the last name seen, so that pages stay right when items are
 * added or removed between two calls.
 * @throws AwsError InvalidMarkerException, ValidationException
 */
export function page<Item>(
  all: readonly Item[],
  nameOf: (item: Item) => string,
  { Limit, Marker }: { Limit?: number; Marker?: string },
  { usual, most }: { usual: number; most: number },
): Page<Item> {
  const limit = within(Limit ?? usual, 'limit', 1, most);
  const after = Marker === undefined ? '' : nameIn(Marker);
  const rest = all.filter((item) => nameOf(item) > after).sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (items.length === rest.length || last === undefined) return { items, Truncated: false };
  return { items, Truncated: true, NextMarker: Buffer.from(markerPrefix + nameOf(last)).toString('base64url') };
}

const markerPrefix = 'after:';

function nameIn(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith(markerPrefix)) throw new AwsError('InvalidMarkerException', 'Invalid marker');
  return text.slice(markerPrefix.length);
}
