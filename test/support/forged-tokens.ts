/** Tokens that no verifier may accept, each with its security line. Made with the stage's own key where possible. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Service } from './service.ts';

type Part = Readonly<Record<string, unknown>>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const kmsOf = ({ awsUrl }: Service) =>
  new KMSClient({
    endpoint: awsUrl,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

/** Signs anything with the stage's active key, as only the service itself can. */
export function stageSigner(service: Service) {
  const kms = kmsOf(service);
  return async (header: Part, claims: unknown): Promise<string> => {
    const input = `${encode(header)}.${encode(claims)}`;
    const { Signature = new Uint8Array() } = await kms.send(
      new SignCommand({
        KeyId: 'alias/identity-local/active',
        Message: Buffer.from(input),
        SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      }),
    );
    return `${input}.${Buffer.from(Signature).toString('base64url')}`;
  };
}

const rs256 = (key: KeyObject, header: Part, claims: unknown) => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
};

/**
 * @param genuine a valid token; each forgery differs from it in one thing
 * @param trap a URL from which no verifier may fetch keys
 */
export async function forgeTokens(service: Service, genuine: string, trap: string): Promise<[string, string][]> {
  const signed = stageSigner(service);
  const header = { ...decodeProtectedHeader(genuine) };
  const claims = { ...decodeJwt(genuine) };
  const now = Math.floor(Date.now() / 1000);
  const [head = '', body = '', signature = ''] = genuine.split('.');
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const strangersJwk = stranger.publicKey.export({ format: 'jwk' });
  const { keys } = (await service.get('/.well-known/jwks.json')).body;
  const jwk = keys.find(({ kid }: { kid: string }) => kid === header.kid);
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const hs256 = `${encode({ ...header, alg: 'HS256' })}.${body}`;
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

  return [
    ['S12: alg none', `${encode({ ...header, alg: 'none' })}.${body}.`],
    ['S12: alg none, signature kept', `${encode({ ...header, alg: 'none' })}.${body}.${signature}`],
    ['S12: HS256 by the public key', `${hs256}.${createHmac('sha256', pem).update(hs256).digest('base64url')}`],
    ['S12: RS512 in the header', `${encode({ ...header, alg: 'RS512' })}.${body}.${signature}`],
    ['S12: an unknown kid', rs256(stranger.privateKey, { ...header, kid: 'unknown' }, claims)],
    ['S12: our kid, another key', rs256(stranger.privateKey, header, claims)],
    ['S12: no kid', await signed({ alg: 'RS256', typ: 'at+jwt' }, claims)],
    ['S12: another typ', await signed({ ...header, typ: 'JWT' }, claims)],
    ['S12: an edited payload', `${head}.${encode({ ...claims, roles: ['platform:admin'] })}.${signature}`],
    ['S12: another issuer', await signed(header, { ...claims, iss: 'https://elsewhere.example' })],
    ['S12: another audience', await signed(header, { ...claims, aud: 'another-platform' })],
    ['S17: past exp by 31 s', await signed(header, { ...claims, iat: now - 931, exp: now - 31 })],
    ['S17: from 40 s ahead', await signed(header, { ...claims, iat: now + 40, exp: now + 900 })],
    ['S13: no exp', await signed(header, without('exp'))],
    ['S13: no sub', await signed(header, without('sub'))],
    ['S13: no iat', await signed(header, without('iat'))],
    ['S13: no jti', await signed(header, without('jti'))],
    ['S13: claims that are no object', await signed(header, 'claims')],
    ['S15: jku', rs256(stranger.privateKey, { ...header, kid: 'theirs', jku: trap }, claims)],
    ['S15: x5u', rs256(stranger.privateKey, { ...header, kid: 'theirs', x5u: trap }, claims)],
    ['S15: jwk', rs256(stranger.privateKey, { ...header, jwk: strangersJwk }, claims)],
    ['S12: an unknown critical header', await signed({ ...header, crit: ['unheard-of'], 'unheard-of': true }, claims)],
    ['S12: no signature', `${head}.${body}.`],
    ['S12: two parts', `${head}.${body}`],
    ['S12: no token at all', 'token'],
  ];
}
