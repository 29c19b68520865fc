import { describe, expect, it } from 'vitest';
import { RegisterRequest } from '../../../functions/contracts/http.ts';

const takes = (email: string) => RegisterRequest.safeParse({ email, password: 'x' }).success;

describe('an address in a request', () => {
  it.each([
    'maria@example.com',
    "o'brien+tag@sub.example.co.uk",
    'maria.lind@räksmörgås.se',
    '用户@例子.公司',
    'a@xn--rksmrgs-5wao1o.se',
    `${'a'.repeat(64)}@example.com`,
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
    'maria@[127.0.0.1]',
    'ma ria@example.com',
    'maria@exam ple.com',
    'maria@example.com\nbcc:x@example.com',
    'maria\u0001@example.com',
    'maria\u202e@example.com',
    '<maria@example.com>',
    'a,b@example.com',
    '"a b"@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'a'.repeat(250)}.com`,
  ])('may not be %j', (email) => expect(takes(email)).toBe(false));

  it('is judged in linear time, whatever it is', () => {
    // No timing: a pattern that backtracks exponentially would not come back from this.
    expect(takes(`a@${'a-'.repeat(100)}`)).toBe(false);
    expect(takes(`a@${'a.'.repeat(120)}-`)).toBe(false);
  });
});
