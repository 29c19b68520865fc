/**
 * Addresses of the public Internet (S78). What is fetched for somebody must reach nothing else: not this machine, not the
 * network around it, not the credentials at 169.254.169.254.
 *
 * Sources: https://www.iana.org/assignments/iana-ipv4-special-registry,
 * https://www.iana.org/assignments/iana-ipv6-special-registry, RFC 6890, and for what may be looked up at all
 * https://www.iana.org/assignments/ipv6-unicast-address-assignments (all that is given out is in 2000::/3).
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Each block of the registries, also the few that can be reached from everywhere: nobody keeps a document there. */
const specialIPv4 = [
  '0.0.0.0/8', // "This network".
  '10.0.0.0/8', // Private use.
  '100.64.0.0/10', // Shared by the customers of a provider; AWS uses it, too.
  '127.0.0.0/8', // Loopback; Lambda's own runtime API.
  '169.254.0.0/16', // Link local; metadata and credentials of the cloud.
  '172.16.0.0/12', // Private use.
  '192.0.0.0/24', // IETF protocol assignments, DS-Lite and NAT64 discovery among them.
  '192.0.2.0/24', // Documentation.
  '192.31.196.0/24', // AS112.
  '192.52.193.0/24', // AMT.
  '192.88.99.0/24', // 6to4 relays, which are no more.
  '192.168.0.0/16', // Private use.
  '192.175.48.0/24', // AS112.
  '198.18.0.0/15', // Benchmarks.
  '198.51.100.0/24', // Documentation.
  '203.0.113.0/24', // Documentation.
  '224.0.0.0/4', // Multicast.
  '240.0.0.0/4', // Reserved, and the broadcast address.
];

/**
 * Everything outside is refused: loopback, unspecified, IPv4-mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96 and
 * 64:ff9b:1::/48), discard (100::/64), SRv6 (5f00::/16), unique local (fc00::/7), link local (fe80::/10), multicast.
 */
const GLOBAL_IPV6 = '2000::/3';

const specialIPv6 = [
  '2001::/23', // IETF protocol assignments: Teredo, benchmarks, AMT, AS112, ORCHID, drones.
  '2001:db8::/32', // Documentation.
  '2002::/16', // 6to4: an IPv4 address in disguise.
  '2620:4f:8000::/48', // AS112.
  '3fff::/20', // Documentation.
];

const listOf = (family: 'ipv4' | 'ipv6', blocks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};

const refusedIPv4 = listOf('ipv4', specialIPv4);
const refusedIPv6 = listOf('ipv6', specialIPv6);
const takenIPv6 = listOf('ipv6', [GLOBAL_IPV6]);

/** @param address as a resolver answers it; a text that is none is not public */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refusedIPv4.check(address, 'ipv4');
  // A zone names an interface of this machine.
  if (!isIPv6(address) || address.includes('%')) return false;
  return takenIPv6.check(address, 'ipv6') && !refusedIPv6.check(address, 'ipv6');
}
