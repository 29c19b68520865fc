import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../functions/domain/public-address.ts';

/** First and last of each block of IANA's registries for special purposes, and of what they wrap. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  'private use': ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'shared address space': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.1', '127.255.255.255', '::1'],
  'link local, with the metadata of the cloud': [
    '169.254.0.0',
    '169.254.169.254',
    '169.254.255.255',
    'fe80::1',
    'febf::',
  ],
  'protocol assignments': ['192.0.0.0', '192.0.0.255', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::', '3fff:fff:ffff::1'],
  AS112: ['192.31.196.1', '192.175.48.1', '2001:4:112::1', '2620:4f:8000::1'],
  AMT: ['192.52.193.1', '2001:3::1'],
  '6to4': ['192.88.99.1', '2002:7f00:1::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  benchmarks: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ffff::'],
  'reserved and broadcast': ['240.0.0.1', '255.255.255.255'],
  unspecified: ['::'],
  'IPv4 in IPv6': ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b:1::1'],
  'discard, dummy, SRv6': ['100::1', '100:0:0:1::1', '5f00::1'],
  'unique local, with metadata in fd00:ec2::254': ['fc00::', 'fd00:ec2::254', 'fdff::'],
  Teredo: ['2001:0:7f00:1::'],
  'outside what is given out': ['4000::1', '1fff::1', 'fec0::1'],
  'no address': ['', 'localhost', '127.1', '0x7f000001', '2130706433', '8.8.8.8 ', 'fe80::1%eth0', '2600::1%lo'],
};

describe.each(Object.entries(refused))('S78: %s', (_, addresses) => {
  it.each(addresses)('refuses %j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

it.each([
  '1.0.0.0',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2600:1f18::1',
  '2a00:1450::1',
])('takes %s, which is beside them', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
