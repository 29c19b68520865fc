/** GET /v1/admin/users/{user_id} */
import { dataApi } from '../../../aws/data-api.ts';
import type { UserId } from '../../../domain/ids.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { administeredUser } from '../../../http/administered-user.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { findUser } from '../../../store/administration.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async (request, caller) => {
  const userId = pathId<UserId>(request, 'user_id');
  const { verdict, user } = await findUser(database, caller, { userId }, request.context);
  assertAllowed(verdict);
  if (!user) throw new Problem('RESOURCE_NOT_FOUND');
  return { status: 200, body: administeredUser(user) };
});
