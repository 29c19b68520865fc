/** A route for OAuth clients that takes JSON beside a form, as introspection and revocation do. */
import { RevokeRequest } from '../../../functions/contracts/http.ts';
import { clientRoute } from '../../../functions/http/client-route.ts';

export const handler = clientRoute(
  () => null,
  { body: RevokeRequest, accepts: ['json', 'form'] },
  () => ({ status: 200, body: { message: 'known' } }),
);
