import { describe, expect, it } from 'vitest';
import { newEmailAddressOf } from '../../../functions/contracts/http/fields.ts';
import { InviteRequest } from '../../../functions/contracts/http/organizations.ts';
import { RegisterRequest, RequestPasswordResetRequest } from '../../../functions/contracts/http.ts';
import { emailKey, withAsciiDomain } from '../../../functions/domain/email-address.ts';
import { importedUser } from '../../../functions/domain/imported-user.ts';
import { defaultSettings, settingsWith } from '../../support/settings.ts';

const takes = (email: string) => RequestPasswordResetRequest.safeParse({ email }).success;
const label63 = 'a'.repeat(63);

describe('S59: an address in a request', () => {
  it.each([
    'maria@example.com',
    "o'brien+tag@sub.example.co.uk",
    'a.b.c@example.org',
    '!#$%&*+-/=?^_`{|}~@example.org',
    'maria.lind@räksmörgås.se',
    '用户@例子.公司',
    'a@xn--rksmrgs-5wao1o.se',
    'a@ｅxample.org',
    'a@faß.de',
    'a@1.2.3.com',
    'a@3com.com',
    'a@ab--cd.org',
    `${'a'.repeat(64)}@example.com`,
    `a@${label63}.org`,
    `${'a'.repeat(63)}@${label63}.${label63}.${'a'.repeat(59)}.se`,
  ])('may be %s', (email) => expect(takes(email)).toBe(true));

  it.each([
    '',
    'maria',
    '@example.com',
    'maria@',
    'maria@localhost',
    'maria@-example.com',
    'maria@example-.com',
    'maria@example..com',
    'maria@example.com.',
    'maria@.example.com',
    'maria@[127.0.0.1]',
    'ma ria@example.com',
    'maria@exam ple.com',
    'maria@example.com\nbcc:x@example.com',
    'maria\u0001@example.com',
    'maria\u202e@example.com',
    'ma\u200bria@example.com',
    '<maria@example.com>',
    'a,b@example.com',
    '"a b"@example.com',
    'a..b@x.org',
    '.a@x.org',
    'a.@x.org',
    'a@b@x.org',
    'a@host.123',
    'a@127.0.0.1',
    'x@0x7f.1',
    'a@example.0x1',
    'a@example.٣',
    'a@\u00ad.org',
    'a@ex%61mple.org',
    'a@example.org/x.org',
    'a@example.org:25',
    'a@example.org#x',
    'a@a_b.org',
    'a@example．',
    `a@${label63}a.org`,
    `a@${'é'.repeat(60)}.org`,
    `${'a'.repeat(65)}@example.com`,
    `${'é'.repeat(33)}@example.com`,
    `${'a'.repeat(64)}@${label63}.${label63}.${'a'.repeat(59)}.se`,
    `a@${'a'.repeat(250)}.com`,
  ])('may not be %j', (email) => expect(takes(email)).toBe(false));

  it('is trimmed and NFC, and otherwise as it was given', () => {
    const email = (given: string) => RegisterRequest.parse({ email: given, password: 'x' }).email;
    expect(email(' Maria@Förskolan.SE\n')).toBe('Maria@Förskolan.SE');
    expect(email('a@fo\u0308rskolan.se')).toBe('a@förskolan.se');
    expect(email('\u212aarl@example.org')).toBe('Karl@example.org');
  });

  it('is checked in linear time, whatever it is', () => {
    // No timing: a pattern that backtracks exponentially would never finish this.
    expect(takes(`a@${'a-'.repeat(100)}`)).toBe(false);
    expect(takes(`a@${'a.'.repeat(120)}-`)).toBe(false);
    expect(takes(`${'a.'.repeat(120)}@x`)).toBe(false);
  });
});

describe('S59: an address that SES cannot send to', () => {
  const faults = (email: string) =>
    [
      RegisterRequest.safeParse({ email, password: 'x' }),
      InviteRequest.safeParse({ email, roles: ['member'] }),
      importedUser(defaultSettings).safeParse({ email }),
    ].map((result) => result.error?.issues.map(({ message }) => message));

  it.each(['用户@例子.公司', 'åsa@example.org', 'ﬁn@example.org', 'а@example.org'])('gets no account: %s', (email) => {
    const fault = ['mail cannot be sent to it: only ASCII characters are allowed before the @'];
    expect(faults(email)).toEqual([fault, fault, fault]);
    expect(takes(email)).toBe(true);
    const accepting = settingsWith({ acceptUnsendable: true });
    expect(newEmailAddressOf(defaultSettings).safeParse(email).success).toBe(false);
    expect(newEmailAddressOf(accepting).safeParse(email).success).toBe(true);
    expect(importedUser(accepting).safeParse({ email }).success).toBe(true);
  });
});

describe('S59: one mailbox', () => {
  it.each([
    ['a@example.org', ' A@Example.ORG '],
    ['a@example.org', 'a@ｅxample.org'],
    ['a@example.org', 'a@example。org'],
    ['a@xn--frskolan-n4a.se', 'a@förskolan.se'],
    ['a@xn--frskolan-n4a.se', 'a@FÖRSKOLAN.se'],
    ['a@xn--frskolan-n4a.se', 'a@fo\u0308rskolan.se'],
    ['a@xn--frskolan-n4a.se', 'A@XN--FRSKOLAN-N4A.SE'],
    ['karl@example.org', '\u212aarl@example.org'],
    ['a@kelvin.org', 'a@\u212aelvin.org'],
    ['a@127.0.0.1', 'a@0x7f.1'],
  ])('has the key %s, also as %j', (key, spelling) => expect(emailKey(spelling)).toBe(key));

  it('has a key that nothing else has', () => {
    for (const other of [
      'a@example.org/x',
      'a@example.org?x',
      'a@ex%61mple.org',
      'a@example.org:1',
      'a@example.org\\x',
    ]) {
      expect(emailKey(other)).not.toBe('a@example.org');
    }
    expect(emailKey(`a@example.org${' '.repeat(2000)}x`)).not.toBe('a@example.org');
  });

  it('gets mail at its ASCII form', () => {
    expect(withAsciiDomain('Maria@Förskolan.se')).toBe('Maria@xn--frskolan-n4a.se');
    expect(withAsciiDomain('Maria@Example.org')).toBe('Maria@Example.org');
    expect(withAsciiDomain('no address')).toBe('no address');
  });
});
