/** POST /v1/auth/sessions/revoke */

import { RevokeSessionRequest } from '../../../contracts/http.ts';
import type { SessionId } from '../../../domain/ids.ts';
import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { revokeOwnSession } from '../../../store/sessions.ts';

const { authenticateEnrolling } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(
  authenticateEnrolling,
  { body: RevokeSessionRequest },
  async ({ body, context }, claims) => {
    const outcome = await revokeOwnSession(database, claims, body.session_id as SessionId, context);
    if (outcome === 'caller_gone') throw new Problem('TOKEN_INVALID');
    // Another person's session is not found either: an id reveals nothing (S24).
    if (outcome === 'not_found') throw new Problem('RESOURCE_NOT_FOUND');
    return { status: 204 };
  },
);
