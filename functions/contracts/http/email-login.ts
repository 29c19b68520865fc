/** Signing in by a mailed code. */
import * as z from 'zod/mini';
import { emailAddress, id, optional, peopleText, time, token, typedCode } from './fields.ts';

export const EmailCodeRequest = z.object({
  email: emailAddress,
  /** From an earlier login of the account on this device, which then has mails of its own. */
  device_token: optional(token),
  /** Of the request before, whose code and link end: the newest alone works for each client. */
  login_id: optional(token),
});
/** The same whether or not there is an account (S60). */
export const EmailCodeResponse = z.object({
  message: z.string(),
  login_id: z.string(),
  expires_at: time,
  correlation_id: id,
});
export const EmailCodeVerifyRequest = z.object({
  login_id: token,
  code: typedCode,
  device_name: optional(peopleText(100)),
});
