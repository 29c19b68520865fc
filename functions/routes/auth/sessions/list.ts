/** GET /v1/auth/sessions, a page at a time, the newest first; the caller's own is on the first page in any case. */

import { PageQuery } from '../../../contracts/http/fields.ts';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { listSessions, type SessionRow } from '../../../store/sessions.ts';

const { authenticateEnrolling } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticateEnrolling, { query: PageQuery }, async (request, claims) => {
  const page = pageOf(request.query);
  const listed = await listSessions(database, claims, page, request.context);
  if (!listed) throw new Problem('TOKEN_INVALID');
  const isCallers = ({ session_id }: SessionRow) => session_id === claims.sid;
  // Beside the page and not in it: the cursor follows the others, which may all be newer.
  const others = listed.sessions.filter((session) => !isCallers(session));
  const { page: shown, next_cursor } = cutPage(others, page, ({ session_id }) => session_id);
  const sessions = [...listed.sessions.filter(isCallers), ...shown].sort((a, b) => b.created_at - a.created_at);
  return {
    status: 200,
    body: {
      total_count: listed.total,
      next_cursor,
      sessions: sessions.map((session) => ({ ...describe(session), current: isCallers(session) })),
    },
  };
});

const describe = ({ kind, client_id, client_name, ...session }: SessionRow) => ({
  session_id: session.session_id,
  device_name: session.device_name,
  user_agent: session.user_agent,
  ip_address: session.ip_address,
  created_at: new Date(session.created_at).toISOString(),
  last_seen_at: new Date(session.last_seen_at).toISOString(),
  expires_at: new Date(session.expires_at).toISOString(),
  kind,
  client_id,
  client_name,
});
