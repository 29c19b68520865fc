/** POST /v1/auth/refresh */
import { RefreshRequest } from '../../contracts/http.ts';
import type { OrgId } from '../../domain/ids.ts';
import { type RefreshNeeds, refreshSession } from '../../flows/refresh-session.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { tokenAnswer } from './token-answer.ts';

const signer = stageSigner();
const needs: RefreshNeeds = {
  settings: stageSettings(),
  database: stageDatabase(),
  refreshTokens: stageRefreshTokens(),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: RefreshRequest }, async ({ body, context }) => {
  const presented = { refreshToken: body.refresh_token, orgId: body.org_id as OrgId | undefined };
  return tokenAnswer(await refreshSession(needs, presented, context));
});
