/** What the endpoints of OAuth 2.1 and OpenID Connect take and answer. */
import * as z from 'zod/mini';
import { optional } from './fields.ts';

/** A list, so that one that comes twice is answered as the RFCs name it, and not before anybody looked at the client. */
const values = optional(z.array(z.string()));

const authorizationParameters = {
  client_id: values,
  redirect_uri: values,
  response_type: values,
  response_mode: values,
  scope: values,
  state: values,
  nonce: values,
  code_challenge: values,
  code_challenge_method: values,
  dpop_jkt: values,
  resource: values,
  prompt: values,
  max_age: values,
  login_hint: values,
  id_token_hint: values,
  ui_locales: values,
  acr_values: values,
  claims: values,
  request: values,
  request_uri: values,
  registration: values,
};

/** RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1; `continue` is a request of before, as our own pages pass it on. */
export const AuthorizeParameters = z.object({ ...authorizationParameters, continue: values });
export type AuthorizeParameters = z.infer<typeof AuthorizeParameters>;
