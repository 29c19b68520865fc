/** POST /v1/auth/logout: 204 whatever the token is; a client that wants to be out is out. */
import { dataApi } from '../../aws/data-api.ts';
import { refreshTokens } from '../../aws/refresh-tokens.ts';
import { LogoutRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../http/route.ts';
import { endSession } from '../../store/sessions.ts';

const database = dataApi();
const tokens = refreshTokens();

export const handler = publicRoute({ body: LogoutRequest }, async ({ body, context }) => {
  const token = await tokens.read(body.refresh_token);
  if (token) await endSession(database, token.sessionId, context);
  return { status: 204 };
});
