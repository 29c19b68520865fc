import { expect, it } from 'vitest';
import { pseudonymizer } from '../../../functions/domain/pseudonym.ts';
import { limitsAt } from '../../../functions/domain/rate-limit.ts';
import { defaultSettings, settingsWith } from '../../support/settings.ts';

const pseudonymize = pseudonymizer(Buffer.alloc(32, 1));
const now = new Date('2026-03-01T12:00:56Z');
const limits = limitsAt(now, pseudonymize, defaultSettings);
const ofIp = (ip: string) => limits.byIp('loginPerIp', ip).map(({ key, max }) => ({ key, max }));

it('S9: counts an IPv4 client once, an IPv6 client by /64 and ten times looser by /48', () => {
  expect(ofIp('203.0.113.9').map(({ max }) => max)).toEqual([20]);
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
