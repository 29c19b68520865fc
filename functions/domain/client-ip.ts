/** The part of an IP address that stands for a client when requests are counted. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * An IPv4 address as it is, an IPv6 address as its /64: a household or a server is given at least that much and can
 * change within it at will (RFC 6177).
 */
export const clientNetwork = (ip: string): string => prefix(ip, 64) ?? ipv4(ip) ?? ip;

/** The /48 of an IPv6 address, which a site is given (RFC 6177); null for IPv4, where neighbours are strangers. */
export const widerNetwork = (ip: string): string | null => prefix(ip, 48);

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
