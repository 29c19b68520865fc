/** GET /v1/auth/consents, a page at a time, the newest first. */

import { PageQuery } from '../../../contracts/http/fields.ts';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { listConsents } from '../../../store/given-consents.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, { query: PageQuery }, async (request, claims) => {
  const page = pageOf(request.query);
  const listed = await listConsents(database, claims, page, request.context);
  if (!listed) throw new Problem('TOKEN_INVALID');
  const { page: shown, next_cursor } = cutPage(listed, page, ({ consent_id }) => consent_id);
  const consents = shown.map((consent) => ({ ...consent, given_at: new Date(consent.given_at).toISOString() }));
  return { status: 200, body: { next_cursor, consents } };
});
