import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** RFC 6761 §6.3: every name under localhost is this machine, but not every resolver knows. Emulators use them. */
export const localhostToo: LookupFunction = (hostname, options, callback) =>
  hostname.endsWith('.localhost') ? lookup('localhost', options, callback) : lookup(hostname, options, callback);
