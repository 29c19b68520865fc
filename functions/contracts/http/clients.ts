/** OAuth clients as people with the platform role `admin` give and see them. */
import * as z from 'zod/mini';
import {
  clientAuthentications,
  clientKinds,
  clientSources,
  demandRules,
  grantTypes,
  pkceRules,
  refreshRules,
} from '../../domain/client.ts';
import { MOST_METADATA_BYTES } from '../../domain/client-metadata.ts';
import { claimNames } from '../../domain/scopes.ts';
import { bodyOf } from './body-limit.ts';
import { id, optional, pageLimit, time } from './fields.ts';

const text = z.string();
const texts = z.array(text);
const seconds = z.int();
const jwks = z.object({ keys: z.array(z.record(text, z.unknown())) });

const kind = z.enum(clientKinds);
const authentication = z.enum(clientAuthentications);

/** What each may be, and what is usual for a kind, is in functions/domain/client-metadata.ts. */
export const ClientRequest = bodyOf(
  MOST_METADATA_BYTES + 8 * 1024,
  z.object({
    kind,
    name: text,
    logo_uri: optional(text),
    client_uri: optional(text),
    policy_uri: optional(text),
    tos_uri: optional(text),
    redirect_uris: optional(texts),
    post_logout_redirect_uris: optional(texts),
    backchannel_logout_uri: optional(text),
    backchannel_logout_session_required: optional(z.boolean()),
    grants: optional(z.array(z.enum(grantTypes))),
    scopes: optional(texts),
    audiences: optional(texts),
    authentication: optional(authentication),
    jwks: optional(jwks),
    jwks_uri: optional(text),
    first_party: optional(z.boolean()),
    pkce: optional(z.enum(pkceRules)),
    dpop: optional(z.enum(demandRules)),
    par: optional(z.enum(demandRules)),
    id_token_claims: optional(z.array(z.enum(claimNames))),
    refresh: optional(z.enum(refreshRules)),
    access_token_seconds: optional(seconds),
    session_idle_seconds: optional(seconds),
    session_max_seconds: optional(seconds),
  }),
);

const listed = {
  client_id: text,
  kind,
  name: text,
  authentication,
  first_party: z.boolean(),
  /** `settings`: of the deployment, and changed there alone. `command`: of `npm run clients` or of these routes. */
  source: z.enum(clientSources),
  created_at: time,
  updated_at: time,
};

const maybe = z.nullable(text);
const maybeSeconds = z.nullable(seconds);
const inFull = {
  ...listed,
  org_id: z.nullable(id),
  logo_uri: maybe,
  client_uri: maybe,
  policy_uri: maybe,
  tos_uri: maybe,
  redirect_uris: texts,
  post_logout_redirect_uris: texts,
  backchannel_logout_uri: maybe,
  backchannel_logout_session_required: z.boolean(),
  grants: texts,
  scopes: texts,
  audiences: texts,
  jwks: z.nullable(jwks),
  jwks_uri: maybe,
  pkce: z.enum(pkceRules),
  dpop: z.enum(demandRules),
  par: z.enum(demandRules),
  id_token_claims: texts,
  refresh: z.enum(refreshRules),
  access_token_seconds: maybeSeconds,
  session_idle_seconds: maybeSeconds,
  session_max_seconds: maybeSeconds,
  /** Two at most, the newest first. */
  secrets: z.array(z.object({ secret_id: id, created_at: time })),
};

export const AdministeredClient = z.object(inFull);
export type AdministeredClient = z.infer<typeof AdministeredClient>;
/** With the secret that it was given by this request, which is shown this once. */
export const SavedClient = z.object({ ...inFull, client_secret: z.optional(text) });
export const NewSecretResponse = z.object({ secret_id: id, client_secret: text, created_at: time });

const cursor = text.check(
  z.regex(/^[\w-]{1,100}$/, { error: 'not a cursor of this service' }),
  z.describe('`next_cursor` of the previous page.'),
);
export const ClientsQuery = z.object({ cursor: z.optional(cursor), limit: z.optional(pageLimit) });
export const ClientsResponse = z.object({ clients: z.array(z.object(listed)), next_cursor: maybe });
