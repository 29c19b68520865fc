/** The verifier that consumers import, with tokens that are bound to a key (RFC 9449 §7). The rules of proofs: service/dpop-proofs. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { machineVerifier, verifier } from '../../functions/packages/verify/index.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { begin, newOptions, newVerifier, token, world } from '../support/token-issuer.ts';

const url = 'https://api.example/essays?page=2';
let key: ProofKey;
beforeAll(async () => {
  key = await proofKey();
});
beforeEach(begin);

const bound = (more: object = {}) => token(0, { cnf: { jkt: key.jkt }, ...more });
const request = async (access: string, over: object = {}) => ({
  ...(await key.headers('GET', url, access, { iat: world.now / 1000, ...over })),
  ...{ method: 'GET', url },
});
const refused = (code: string) => ({
  name: 'TokenError',
  code,
  challenge: expect.stringMatching(/^DPoP .*algs="ES256 /),
});

describe('S80: a token that is bound to a key', () => {
  it('is refused alone, and as a Bearer beside its proof', async () => {
    const access = await bound();
    await expect(newVerifier()(access)).rejects.toMatchObject(refused('TOKEN_INVALID'));
    const asBearer = { ...(await request(access)), authorization: `Bearer ${access}` };
    await expect(newVerifier()(asBearer)).rejects.toMatchObject(refused('TOKEN_INVALID'));
  });

  it('is taken with its proof, once by each verifier', async () => {
    const verify = newVerifier();
    const shown = await request(await bound());
    await expect(verify(shown)).resolves.toMatchObject({ sub: 'user', cnf: { jkt: key.jkt } });
    await expect(verify(shown)).rejects.toMatchObject(refused('DPOP_PROOF_INVALID'));
  });

  it('is taken once by all that note proofs in one place', async () => {
    const noted = new Set<string>();
    const useProof = async (id: string) => noted.size < noted.add(id).size;
    const [one, two] = [verifier({ ...newOptions(), useProof }), verifier({ ...newOptions(), useProof })];
    const shown = await request(await bound());
    await expect(one(shown)).resolves.toMatchObject({ sub: 'user' });
    await expect(two(shown)).rejects.toMatchObject(refused('DPOP_PROOF_INVALID'));
  });

  it('is refused with another’s proof, and with none', async () => {
    const access = await bound();
    const shown = await request(access);
    const theirs = await (await proofKey()).headers('GET', url, access, { iat: world.now / 1000 });
    await expect(newVerifier()({ ...shown, ...theirs })).rejects.toMatchObject(refused('TOKEN_INVALID'));
    for (const dpop of [undefined, [shown.dpop, shown.dpop]]) {
      await expect(newVerifier()({ ...shown, dpop })).rejects.toMatchObject(refused('DPOP_PROOF_INVALID'));
    }
    const elsewhere = { ...shown, url: 'https://other.example/essays' };
    await expect(newVerifier()(elsewhere)).rejects.toMatchObject(refused('DPOP_PROOF_INVALID'));
  });

  it('meets demands as any other, and is challenged by its own scheme', async () => {
    const shown = await request(await bound());
    await expect(newVerifier()(shown, { scopes: ['essays'] })).rejects.toMatchObject(refused('FORBIDDEN'));
  });

  it('may be a machine’s', async () => {
    const access = await bound({ sub: 'c', client_id: 'c', sid: undefined, org_id: undefined, roles: undefined });
    await expect(machineVerifier(newOptions())(await request(access))).resolves.toMatchObject({ sub: 'c' });
  });
});

it('S80: a Bearer’s token is taken in a request, and not as one that is bound', async () => {
  const access = await token();
  const shown = await request(access);
  const asBearer = { ...shown, authorization: `Bearer ${access}`, dpop: undefined };
  await expect(newVerifier()(asBearer)).resolves.toMatchObject({ sub: 'user' });
  await expect(newVerifier()(shown)).rejects.toMatchObject(refused('TOKEN_INVALID'));
});
