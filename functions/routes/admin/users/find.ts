/** GET /v1/admin/users?email= */

import { FindUsersQuery } from '../../../contracts/http/administration.ts';
import { emailKey } from '../../../domain/email-address.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { findUser } from '../../../store/administered-user.ts';
import { administeredUser } from './administered-user.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, { query: FindUsersQuery }, async (request, claims) => {
  const { email } = request.query;
  const { verdict, user } = await findUser(database, claims, { emailKey: emailKey(email) }, request.context);
  // Nobody has the address: no users, which is an answer.
  if (verdict === 'not_found') return { status: 200, body: { users: [] } };
  assertAllowed(verdict);
  return { status: 200, body: { users: user ? [administeredUser(user)] : [] } };
});
