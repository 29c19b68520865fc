/**
 * GET /assets/clients/{client}/{logo}: a client's logo from us, by the client's id and the hash of where its logo is. Nobody
 * can have anything else fetched. One that cannot be shown is answered with the first letter of the client's name.
 */
import type { LogoType } from '../domain/client-logo.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { isStorable } from '../domain/storable-text.ts';
import { ASKED_AGAIN, findLogo } from '../flows/find-client-logo.ts';
import type { HttpAnswer } from '../http/messages.ts';
import { letterIcon } from '../http/page-files.ts';
import { PICTURE_POLICY } from '../http/page-policy.ts';
import { publicRoute } from '../http/route.ts';
import { stageFetch } from '../stage/clients.ts';
import { stageDatabase } from '../stage/database.ts';

const needs = { database: stageDatabase(), fetch: stageFetch() };

/** Step 6 of the ramp (functions/browser/style/tokens.css): in the accent colour it would look like our own icon. */
const NEUTRAL = '#636b78';

const types: Readonly<Record<LogoType, string>> = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' };

export const handler = publicRoute({ cors: 'none' }, async ({ pathParameters, context }): Promise<HttpAnswer> => {
  const { client = '', logo: hash = '' } = pathParameters;
  const clientId = Buffer.from(client, 'base64url').toString() as ClientId;
  if (!isStorable(clientId)) throw new Problem('RESOURCE_NOT_FOUND');
  const { name, logo } = await findLogo(needs, { clientId, hash }, context.now);
  if (!logo) {
    const body = letterIcon({ name, accent: NEUTRAL });
    return picture('image/svg+xml', `public, max-age=${ASKED_AGAIN / 1_000}`, { body });
  }
  const body = Buffer.from(logo.bytes).toString('base64');
  return picture(types[logo.type], 'public, max-age=31536000, immutable', { body, isBase64Encoded: true });
});

const picture = (type: string, cacheControl: string, content: Pick<HttpAnswer, 'body' | 'isBase64Encoded'>) => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': cacheControl, 'content-security-policy': PICTURE_POLICY },
  ...content,
});
