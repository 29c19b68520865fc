/** The CBOR that authenticators write: definite lengths, the shortest forms, no key twice (CTAP 2.2 §8). */
import { type DecodeOptions, decodeFirst } from 'cborg';
import { PasskeyFault } from './fault.ts';

export type CborMap = ReadonlyMap<unknown, unknown>;

const options: DecodeOptions = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
};

/**
 * Reads the map that bytes begin with.
 * @param what it is, for the fault
 * @returns it, and how many bytes it has
 * @throws PasskeyFault
 */
export function readMap(bytes: Uint8Array, what: string): [CborMap, number] {
  let read: [unknown, Uint8Array];
  try {
    read = decodeFirst(bytes, options);
  } catch (error) {
    throw new PasskeyFault(`${what} is no CBOR`, { cause: error });
  }
  const [map, rest] = read;
  if (!(map instanceof Map)) throw new PasskeyFault(`${what} is no map`);
  return [map, bytes.length - rest.length];
}

/** @throws PasskeyFault as {@link readMap}, and where more follows */
export function readWholeMap(bytes: Uint8Array, what: string): CborMap {
  const [map, length] = readMap(bytes, what);
  if (length !== bytes.length) throw new PasskeyFault(`${what} has more after its end`);
  return map;
}
