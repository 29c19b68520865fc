/** ID tokens as this service signs them, for what takes them as a hint. */
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { readBrowserCookie, sidOf } from '../../functions/domain/browser-session.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { sessionOf, type Visitor } from './page-visitor.ts';
import type { Service } from './service.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Of the client, for who is signed in at the browser; it has expired, which a hint may. */
export async function idTokenOf(
  service: Service,
  visit: Visitor,
  { clientId, userId }: { readonly clientId: string; readonly userId: string },
  more: object = {},
): Promise<string> {
  const cookie = readBrowserCookie(sessionOf(visit));
  if (!cookie) throw new Error('nobody is signed in');
  const [key] = (await service.get('/.well-known/jwks.json')).body.keys;
  const sid = sidOf(cookie, clientId as ClientId);
  const claims = { iss: service.url, aud: clientId, sub: userId, sid, iat: 1, exp: 2, ...more };
  const signed = `${encode({ alg: 'RS256', kid: key.kid })}.${encode(claims)}`;
  const kms = new KMSClient({
    endpoint: service.awsUrl,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Signature } = await kms.send(
    new SignCommand({
      KeyId: 'alias/identity-local/active',
      Message: Buffer.from(signed),
      MessageType: 'RAW',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    }),
  );
  return `${signed}.${Buffer.from(Signature ?? []).toString('base64url')}`;
}
