import { expect, it } from 'vitest';
import { clientNetwork, widerNetwork } from '../../../functions/domain/client-ip.ts';

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('counts %s as %s', (ip, network) => {
  expect(clientNetwork(ip)).toBe(network);
});

it.each([
  ['203.0.113.9', { network: '203.0.113.0/24', times: 50 }],
  ['::ffff:203.0.113.9', { network: '203.0.113.0/24', times: 50 }],
  ['2001:db8:1:2:3:4:5:6', { network: '2001:db8:1::/48', times: 10 }],
  ['2001:db8:1:fffe::9', { network: '2001:db8:1::/48', times: 10 }],
  ['2001:db8::1', { network: '2001:db8:0::/48', times: 10 }],
  ['unknown', null],
])('S9: counts %s, looser, as %j', (ip, network) => {
  expect(widerNetwork(ip)).toEqual(network);
});
