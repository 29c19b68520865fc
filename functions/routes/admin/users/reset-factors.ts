/** POST /v1/admin/users/{user_id}/factors/reset: for somebody who has lost all of them. */
import { ResetFactorsRequest } from '../../../contracts/http/administration.ts';
import type { UserId } from '../../../domain/ids.ts';
import { factorsLinkEnd } from '../../../domain/mailed-link.ts';
import { assertSure } from '../../../flows/assert-sure.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { resetFactors } from '../../../store/factor-resets.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const database = stageDatabase();

export const handler = bearerRoute(
  authenticate,
  { body: ResetFactorsRequest },
  async ({ body: { reason }, ...request }, claims) => {
    const userId = pathId<UserId>(request, 'user_id');
    assertSure(await resetFactors(database, claims, { userId, reason }, settings, request.context), claims, settings);
    return {
      status: 200,
      body: { user_id: userId, link_expires_at: factorsLinkEnd(request.context.now).toISOString() },
    };
  },
);
