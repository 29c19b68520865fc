import { expect, it } from 'vitest';
import { newTotpSecret, stepOf, totpEnrolment } from '../../functions/domain/totp.ts';

const STEP = 30_000;
const secret = Buffer.from('12345678901234567890');

/** RFC 6238, appendix B, SHA-1: seconds and the last six of eight digits. */
it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('takes the code of RFC 6238 at %i s: %s', (seconds, code) => {
  expect(stepOf(code, secret, null, new Date(seconds * 1_000))).toBe(Math.floor(seconds / 30));
});

it('takes a code one step early and one step late, and no other', () => {
  const at = (steps: number) => stepOf('287082', secret, null, new Date(59_000 + steps * STEP));
  expect([-2, -1, 0, 1, 2].map(at)).toEqual([null, 1, 1, 1, null]);
});

it('S83: takes no code of a step that was taken, or of one before it', () => {
  expect(stepOf('287082', secret, 0, new Date(59_000))).toBe(1);
  expect(stepOf('287082', secret, 1, new Date(59_000))).toBeNull();
  expect(stepOf('287082', secret, 2, new Date(59_000))).toBeNull();
});

it.each(['', '28708', '2870821', '28708２', 'abcdef'])('takes no %j', (code) => {
  expect(stepOf(code, secret, null, new Date(59_000))).toBeNull();
});

it('tells an app all that it needs', () => {
  const { uri, secret: typed } = totpEnrolment(secret, 'Norra skolan', 'maria+1@example.com');
  expect(uri).toBe(
    'otpauth://totp/Norra%20skolan:maria%2B1%40example.com?issuer=Norra%20skolan&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
  );
  expect(typed).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(newTotpSecret()).toHaveLength(20);
});
