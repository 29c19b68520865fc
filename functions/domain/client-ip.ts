/** The part of an IP address that stands for a client when requests are counted. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * An IPv4 address as it is, an IPv6 address as its /64: a household or a server is given at least that much and can
 * change within it at will (RFC 6177).
 */
export const clientNetwork = (ip: string): string => prefix(ip, 64) ?? plainAddress(ip);

/** The address; of an IPv4 address in IPv6's notation (RFC 4291 §2.5.5.2) the former. */
export const plainAddress = (ip: string): string => ipv4(ip) ?? ip;

/** A network around the client's own, and how many times looser the limits are for it. */
export interface WiderNetwork {
  readonly network: string;
  readonly times: number;
}

/**
 * An IPv6 site is given a /48 (RFC 6177), with 65,536 /64s to try from; many people may share it, too. Of IPv4 the /24:
 * the smallest block that is rented and routed by itself. Its neighbours may be strangers, or a mobile operator's
 * thousands of subscribers behind each address, so its limit is no more than a bound on the block's owner.
 */
export function widerNetwork(ip: string): WiderNetwork | null {
  const site = prefix(ip, 48);
  if (site !== null) return { network: site, times: 10 };
  const address = plainAddress(ip);
  return isIPv4(address) ? { network: `${address.replace(/\d+$/, '0')}/24`, times: 50 } : null;
}

/**
 * Where a person's device stays, as far as its address shows it: the /24 of IPv4, the /48 of IPv6, in PostgreSQL's
 * notation; null for what is no address.
 */
export function vicinity(ip: string): string | null {
  const plain = ipv4(ip) ?? ip;
  if (isIPv4(plain)) return `${plain}/24`;
  return isIPv6(plain) ? `${plain}/48` : null;
}

const ipv4 = (ip: string) => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];

function prefix(ip: string, bits: 48 | 64): string | null {
  if (!isIPv6(ip) || ipv4(ip)) return null;
  const [head = '', tail = ''] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = ip.includes('::') ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  const groups = [...left, ...zeros, ...right].slice(0, bits / 16);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/${bits}`;
}
