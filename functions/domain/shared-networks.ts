/** Networks whose addresses many people share: a school behind one address, a partner's gateway. */
import { BlockList, isIPv4 } from 'node:net';
import { plainAddress } from './client-ip.ts';
import type { Settings } from './settings.ts';

export type SharedNetworks = Settings['sharedNetworks'];
/** How many times the limits of one client address hold for each address of the network. */
export type Times = SharedNetworks[number]['times'];

/** Settings are parsed once for a function's whole life. */
const compiled = new WeakMap<SharedNetworks, readonly { readonly list: BlockList; readonly times: Times }[]>();

/** @returns undefined for an address of none of them; the first network that has it decides */
export function timesOf(ip: string, networks: SharedNetworks): Times | undefined {
  if (networks.length === 0) return undefined;
  const address = plainAddress(ip);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  return compile(networks).find(({ list }) => list.check(address, family))?.times;
}

function compile(networks: SharedNetworks) {
  const known = compiled.get(networks) ?? networks.map(({ times, cidrs }) => ({ times, list: listOf(cidrs) }));
  compiled.set(networks, known);
  return known;
}

function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits] = cidr.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}
