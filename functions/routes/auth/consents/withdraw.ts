/** DELETE /v1/auth/consents/{consent_id}: what the client has of the person ends with it. */

import type { ConsentId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { withdrawConsent } from '../../../store/given-consents.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, {}, async (request, claims) => {
  const consentId = pathId<ConsentId>(request, 'consent_id');
  assertAllowed(await withdrawConsent(database, claims, consentId, request.context));
  return { status: 204 };
});
