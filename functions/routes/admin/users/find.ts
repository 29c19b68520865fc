/** GET /v1/admin/users?email= */
import { dataApi } from '../../../aws/data-api.ts';
import { FindUsersQuery } from '../../../contracts/http/administration.ts';
import { emailKey } from '../../../domain/email-address.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { administeredUser } from '../../../http/administered-user.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { findUser } from '../../../store/administration.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { query: FindUsersQuery }, async (request, caller) => {
  const { email } = request.query;
  const { verdict, user } = await findUser(database, caller, { emailKey: emailKey(email) }, request.context);
  // Nobody has the address: no users, which is an answer.
  if (verdict === 'not_found') return { status: 200, body: { users: [] } };
  assertAllowed(verdict);
  return { status: 200, body: { users: user ? [administeredUser(user)] : [] } };
});
