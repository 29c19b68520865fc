/**
 * The public keys as other services read them: the route's schema, with defaults for the two members that RFC 7517
 * makes optional. Not in identity.ts, so that event consumers do not bundle the routes' schemas.
 */
import * as z from 'zod/mini';
import { JwksPublicKey } from '../http.ts';

/** RFC 7517 §4, public members only. */
export const JwksPublicKeyV1 = z.extend(JwksPublicKey, {
  alg: z._default(JwksPublicKey.shape.alg, 'RS256'),
  use: z._default(JwksPublicKey.shape.use, 'sig'),
});
export const JwksResponseV1 = z.object({ keys: z.array(JwksPublicKeyV1) });
