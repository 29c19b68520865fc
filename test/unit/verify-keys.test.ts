/** The verifier that consumers import: what it asks the issuer for, and when. */
import { beforeEach, describe, expect, it } from 'vitest';
import { begin, newVerifier, pairs, pass, token, world } from '../support/token-issuer.ts';

beforeEach(begin);

describe('the keys', () => {
  it('are fetched once, from the issuer, and kept for max-age', async () => {
    const verify = newVerifier();
    await Promise.all([verify(await token()), verify(await token())]);
    pass(299);
    await verify(await token());
    expect(world.requests.map(({ url }) => url)).toEqual(['https://identity.example/.well-known/jwks.json']);
  });

  it('are fetched again beside a request that comes within stale-while-revalidate', async () => {
    const verify = newVerifier();
    await verify(await token());
    pass(310);
    world.outage = true;
    await verify(await token());
    expect(world.requests).toHaveLength(2);
  });

  it('make later requests wait, and are not sent again if they are the same', async () => {
    const verify = newVerifier();
    await verify(await token());
    pass(361);
    await verify(await token());
    expect(world.requests[1]?.headers.get('if-none-match')).toBe('"1"');
    await verify(await token());
    expect(world.requests).toHaveLength(2);
  });

  it('that the issuer has revoked are trusted no longer than that', async () => {
    const verify = newVerifier();
    await verify(await token());
    world.keys = pairs.slice(1).map(({ jwk }) => jwk);
    world.headers.etag = '"2"';
    pass(361);
    await expect(verify(await token())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(verify(await token(1))).resolves.toMatchObject({ sub: 'user' });
  });

  it('stay in use while the issuer is unreachable, as long as stale-if-error allows', async () => {
    const verify = newVerifier();
    await verify(await token());
    world.outage = true;
    pass(300 + 3599);
    await expect(verify(await token())).resolves.toMatchObject({ sub: 'user' });
    pass(2);
    await expect(verify(await token())).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });

  it('S66: are fetched seldom while the issuer does not answer, and no request waits for it', async () => {
    const verify = newVerifier();
    await verify(await token());
    world.outage = true;
    pass(400);
    await verify(await token());
    expect(world.requests).toHaveLength(2);
    for (const index of [0, 0, 0]) await verify(await token(index));
    for (const made of [await token(1), await token(1)]) {
      await expect(verify(made)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    }
    expect(world.requests).toHaveLength(2);
    pass(30);
    world.hangs = true;
    await expect(verify(await token())).resolves.toMatchObject({ sub: 'user' });
    expect(world.requests).toHaveLength(3);
  });

  it('are those of the issuer again once it answers', async () => {
    const verify = newVerifier();
    await verify(await token());
    world.outage = true;
    pass(400);
    await verify(await token());
    world.outage = false;
    world.keys = pairs.map(({ jwk }) => jwk);
    world.headers.etag = '"2"';
    pass(30);
    await verify(await token());
    await expect(verify(await token(1))).resolves.toMatchObject({ sub: 'user' });
  });

  it('count from when a cache on the way got them', async () => {
    const verify = newVerifier();
    world.headers.age = '290';
    await verify(await token());
    pass(10 + 60);
    await verify(await token());
    expect(world.requests).toHaveLength(2);
  });

  it('are not kept if the answer forbids it', async () => {
    const verify = newVerifier();
    world.headers = { 'cache-control': 'no-store' };
    await verify(await token());
    await verify(await token());
    expect(world.requests).toHaveLength(2);
  });

  it('are fetched for an unknown key id, but not for each one that is made up', async () => {
    const verify = newVerifier();
    await verify(await token());
    world.keys = pairs.map(({ jwk }) => jwk);
    world.headers.etag = '"2"';
    await expect(verify(await token(1))).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(world.requests).toHaveLength(1);
    pass(30);
    await expect(verify(await token(1))).resolves.toMatchObject({ sub: 'user' });
    expect(world.requests).toHaveLength(2);
  });

  it('that were never fetched do not make a token invalid', async () => {
    world.outage = true;
    await expect(newVerifier()(await token())).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });
});
