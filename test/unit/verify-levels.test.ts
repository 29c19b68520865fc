import { beforeEach, describe, expect, it } from 'vitest';
import type { Demands } from '../../functions/packages/verify/index.ts';
import { begin, newVerifier, pass, token } from '../support/token-issuer.ts';

const LEVEL_2 = 'urn:identity:acr:2';

beforeEach(begin);

const signedIn = (acr: string | undefined, secondsAgo = 0) => {
  const auth_time = Math.floor(Date.UTC(2026, 0, 1) / 1000) - secondsAgo;
  return token(0, { ...(acr ? { acr } : {}), auth_time });
};

describe('a level that a service demands', () => {
  it.each(['urn:identity:acr:2', 'phr'])('is met by it, or a higher one: %s', async (acr) => {
    await expect(newVerifier({ acr: LEVEL_2 })(await signedIn(acr))).resolves.toMatchObject({ acr });
    await expect(newVerifier()(await signedIn(acr), { acr: LEVEL_2 })).resolves.toMatchObject({ acr });
  });

  it.each(['urn:identity:acr:1', 'urn:other', undefined])('is refused as RFC 9470 has it with %s', async (acr) => {
    await expect(newVerifier({ acr: LEVEL_2 })(await signedIn(acr))).rejects.toMatchObject({
      code: 'INSUFFICIENT_USER_AUTHENTICATION',
      challenge: `Bearer error="insufficient_user_authentication", acr_values="${LEVEL_2}"`,
    });
  });

  it('comes with how long ago it may be', async () => {
    const verify = newVerifier({ acr: LEVEL_2, maxAge: 300 });
    await expect(verify(await signedIn(LEVEL_2, 330))).resolves.toBeDefined();
    const late = await signedIn(LEVEL_2, 331);
    await expect(verify(late)).rejects.toMatchObject({
      challenge: `Bearer error="insufficient_user_authentication", acr_values="${LEVEL_2}", max_age="300"`,
    });
    const now = await signedIn(LEVEL_2);
    pass(331);
    await expect(verify(now)).rejects.toMatchObject({ code: 'INSUFFICIENT_USER_AUTHENTICATION' });
    await expect(newVerifier({ maxAge: 300 })(await token())).rejects.toMatchObject({
      challenge: 'Bearer error="insufficient_user_authentication", max_age="300"',
    });
  });

  it.each([
    [{ acr: 'urn:identity:acr:3' }, /^acr: /],
    [{ acr: undefined }, /^acr: /],
    [{ maxAge: 0 }, /^maxAge: /],
    [{ maxAge: Number.NaN }, /^maxAge: /],
  ])('is a TypeError where it would let everybody in: %j', (demands, message) => {
    expect(() => newVerifier(demands as Demands)).toThrow(message);
  });
});
