import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** RFC 6761 §6.3: whatever is under localhost is this machine, though not every resolver knows. An emulator's APIs are. */
export const localhostToo: LookupFunction = (hostname, options, callback) =>
  hostname.endsWith('.localhost') ? lookup('localhost', options, callback) : lookup(hostname, options, callback);
