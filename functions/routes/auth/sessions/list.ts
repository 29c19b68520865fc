/** GET /v1/auth/sessions */
import { dataApi } from '../../../aws/data-api.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { listSessions, type SessionRow } from '../../../store/sessions.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async ({ origin }, caller) => {
  const sessions = await listSessions(database, caller, origin);
  // The caller's own is always among them, unless it is over.
  if (sessions.length === 0) throw new Problem('TOKEN_INVALID');
  return { status: 200, body: { sessions: sessions.map((session) => describe(session, caller.sid)) } };
});

const describe = (session: SessionRow, current: string) => ({
  ...session,
  created_at: new Date(session.created_at).toISOString(),
  last_seen_at: new Date(session.last_seen_at).toISOString(),
  expires_at: new Date(session.expires_at).toISOString(),
  current: session.session_id === current,
});
