import { describe, expect, it } from 'vitest';
import { pseudonymizer } from '../../../functions/domain/pseudonym.ts';
import { limitsAt } from '../../../functions/domain/rate-limit.ts';
import { defaultSettings, settingsWith } from '../../support/settings.ts';

const pseudonymize = pseudonymizer(Buffer.alloc(32, 1));
const now = new Date('2026-03-01T12:00:56Z');
const limits = limitsAt(now, pseudonymize, defaultSettings);
const ofIp = (ip: string) => limits.byIp('loginPerIp', ip).map(({ key, max }) => ({ key, max }));

it('S9: counts an IPv4 client and, fifty times looser, its /24; an IPv6 client by /64 and, ten times looser, by /48', () => {
  const [address, block] = ofIp('203.0.113.9');
  expect([address?.max, block?.max]).toEqual([20, 1000]);
  const [neighbour, sameBlock] = ofIp('203.0.113.10');
  expect(neighbour?.key).not.toBe(address?.key);
  expect(sameBlock).toEqual(block);
  const [own, site] = ofIp('2001:db8:1:2::9');
  expect([own?.max, site?.max]).toEqual([20, 200]);
  const [other, sameSite] = ofIp('2001:db8:1:3::9');
  expect(other?.key).not.toBe(own?.key);
  expect(sameSite).toEqual(site);
  expect(ofIp('2001:db8:2:2::9')[1]?.key).not.toBe(site?.key);
});

it('counts nothing if counting is switched off', () => {
  const none = limitsAt(now, pseudonymize, settingsWith({ rateLimiting: 'off' }));
  expect([
    none.byIp('loginPerIp', '2001:db8::1'),
    none.by('loginPerAddress', 'a'),
    none.ofMail('new_device', 'a'),
  ]).toEqual([[], [], []]);
});

describe('S9: a network that many people share', () => {
  const shared = limitsAt(
    now,
    pseudonymize,
    settingsWith({
      sharedNetworks: [
        { times: 20, cidrs: ['203.0.113.0/28', '2001:db8:1::/48'] },
        { times: 'unlimited', cidrs: ['198.51.100.7/32'] },
        { times: 3_000, cidrs: ['198.51.100.0/24'] },
      ],
    }),
  );
  const maxima = (ip: string) => shared.byIp('loginPerIp', ip).map(({ max }) => max);

  it('has its own number of times for each address, and no count of the network around it', () => {
    expect(maxima('203.0.113.9')).toEqual([400]);
    expect(maxima('::ffff:203.0.113.9')).toEqual([400]);
    expect(maxima('2001:db8:1:2::9')).toEqual([400]);
    const keyOf = (ip: string) => shared.byIp('loginPerIp', ip)[0]?.key;
    expect(keyOf('203.0.113.9')).not.toBe(keyOf('203.0.113.10'));
    // Where the list ends, the rule does.
    expect(maxima('203.0.113.16')).toEqual([20, 1000]);
    expect(maxima('2001:db8:2::1')).toEqual([20, 200]);
  });

  it('may have no limit of its addresses, while those of accounts and mailboxes hold', () => {
    expect(maxima('198.51.100.7')).toEqual([]);
    expect(shared.by('loginPerAddress', 'a').map(({ max }) => max)).toEqual([5]);
    expect(shared.ofMail('reset_password', 'a').map(({ max }) => max)).toEqual([3]);
  });

  it('takes so many rows that none is asked for more than twenty times a second', () => {
    const drawn = Array.from({ length: 5_000 }, () => shared.byIp('loginPerIp', '198.51.100.9'));
    expect(drawn.every((limits) => limits.length === 1)).toBe(true);
    const rows = new Map(drawn.map(([limit]) => [limit?.key, limit]));
    // 20 a minute, 3,000 times, are 1,000 a second.
    expect(rows.size).toBe(50);
    const [one] = rows.values();
    // A fiftieth of 60,000, and a tenth more, since rows fill by chance.
    expect(one?.max).toBe(1_320);
  });
});
