/** OAuth clients of the settings, by their ids. What is left out is as usual for its kind (functions/domain/client-metadata.ts). */
import { z } from 'zod';
import {
  CLIENT_NAME,
  clientAuthentications,
  clientKinds,
  demandRules,
  grantTypes,
  pkceRules,
  refreshRules,
} from '../../../functions/domain/client.ts';
import { seconds } from './units.ts';

/** CloudFormation makes a secret for each that has one. */
const MOST = 50;

const texts = z.array(z.string());
const address = z.string().optional();

/** One client, as the settings and `npm run clients` have it. */
export const clientSetting = z.strictObject({
  /** `public`: an app in a browser or on a device. `confidential`: one with a server. `machine`: nobody signs in to it. */
  kind: z.enum(clientKinds),
  /** As people read it. */
  name: z.string(),
  logoUri: address,
  clientUri: address,
  policyUri: address,
  tosUri: address,
  /** Exact; a loopback address matches at any port. */
  redirectUris: texts.optional(),
  postLogoutRedirectUris: texts.optional(),
  /** Is told of each session that is over, by a signed logout token. */
  backchannelLogoutUri: address,
  backchannelLogoutSessionRequired: z.boolean().optional(),
  grants: z.array(z.enum(grantTypes)).optional(),
  /** Ours, and those that other services give a meaning: `essays:read`. */
  scopes: texts.optional(),
  /** What its access tokens may be meant for; the first where it asks for none. */
  audiences: texts.optional(),
  authentication: z.enum(clientAuthentications).optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: address,
  /** Ours: nobody is asked whether it may, and its tokens are meant for the stage's audience. */
  firstParty: z.boolean().optional(),
  /** `pkce-or-nonce`, `optional`: for a confidential client whose library sends no challenge. */
  pkce: z.enum(pkceRules).optional(),
  /** `required`: each of its tokens is bound to a key of its own (DPoP), and is of no use to a thief. */
  dpop: z.enum(demandRules).optional(),
  /** `required`: it pushes its requests (PAR), so that no browser sees or alters them. */
  par: z.enum(demandRules).optional(),
  /** Claims that its ID tokens have too, not userinfo alone: for libraries that never ask userinfo. */
  idTokenClaims: texts.optional(),
  refresh: z.enum(refreshRules).optional(),
  accessTokenSeconds: seconds.optional(),
  sessionIdleSeconds: seconds.optional(),
  sessionMaxSeconds: seconds.optional(),
});

export type ClientSettings = z.output<typeof clientSetting>;

export const clientSettings = z
  .record(
    z.string().regex(CLIENT_NAME, 'must be small letters, digits and hyphens, 2 to 40, and no UUID'),
    clientSetting,
  )
  .refine((clients) => Object.keys(clients).length <= MOST, { message: `at most ${MOST} clients` })
  .default({});
