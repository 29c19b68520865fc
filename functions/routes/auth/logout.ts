/** POST /v1/auth/logout: 204 whatever the token is; a client that wants to be out is out. */
import { LogoutRequest } from '../../contracts/http.ts';
import { logOut } from '../../flows/end-session.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';

const needs = { database: stageDatabase(), refreshTokens: stageRefreshTokens() };

export const handler = publicRoute({ body: LogoutRequest }, async ({ body, context }) => {
  await logOut(needs, body.refresh_token, context);
  return { status: 204 };
});
