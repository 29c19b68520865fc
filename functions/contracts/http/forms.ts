/** Forms of the hosted pages, and what their addresses carry. People send them: a page says what is missing, not a list of faults. */
import * as z from 'zod/mini';
import { bodyOf } from './body-limit.ts';

const text = (most: number) => z._default(z.string().check(z.maxLength(most)), '');
const field = text(1024);
/** Pasted, perhaps with a line break. */
const token = z._default(z.string().check(z.trim(), z.maxLength(8192)), '');

/** A sealed request of a client. What a client may send by POST is 16 KiB, a third longer when it is sealed. */
const request = text(24 * 1024);
/** All of one with a request in it. */
const withRequest = <S extends z.ZodMiniType>(schema: S): S => bodyOf(40 * 1024, schema);

/** Of every form (functions/http/form-token.ts). */
const ours = { form_token: field, lang: field };
/** What the person came with, and goes on with afterwards: a client's request, an invitation, or a page of the account. */
const carried = { request, invitation: token, to: text(100) };
/** Of the script: the device makes passkeys by itself, and verifies its person. */
const ofDevice = { makes_passkeys: field };
/** `other`: as somebody else than who is signed in. */
const arriving = { ...carried, lang: field, other: field };
export const CarriedQuery = z.object(arriving);
/** `sent`: what this browser has sent, sealed; the page says what became of it. */
export const SentQuery = z.object({ ...arriving, sent: text(2048) });

export const SignInForm = withRequest(
  z.object({
    ...ours,
    ...carried,
    email: field,
    password: field,
    /** What the browser gave of a passkey, JSON. */
    passkey: text(16 * 1024),
    keep_signed_in: field,
    ...ofDevice,
    /** Of the account chooser: the session, or empty for another account. */
    account: z.optional(z.string().check(z.maxLength(100))),
    cancel: field,
  }),
);

/** `method`: the way that the page shows; `mail`: have a code mailed; `mailed`: it was. `again`: of who is signed in, before something that a session alone must not do. */
const factor = { method: field, again: field, mailed: field };
export const SecondFactorQuery = z.object({ ...arriving, ...factor });
export const SecondFactorForm = withRequest(
  z.object({
    ...ours,
    ...carried,
    ...factor,
    code: field,
    assertion: text(8192),
    mail: field,
    ...ofDevice,
    cancel: field,
  }),
);

/** `token`: of the mailed link. */
export const SignInByMailQuery = z.object({ ...arriving, token });
/** `email`, to have a code mailed; `code` or the link's `token`, to sign in; `answer`: `again`, or `other` for another address. */
export const SignInByMailForm = withRequest(
  z.object({
    ...ours,
    ...carried,
    ...ofDevice,
    token,
    email: field,
    code: field,
    keep_signed_in: field,
    answer: field,
    cancel: field,
  }),
);

export const SignUpForm = withRequest(
  z.object({
    ...ours,
    ...carried,
    /** Made when the form was shown: sent twice, it is one registration. */
    form_id: field,
    email: field,
    password: field,
    /** Afterwards: what was registered, sealed; the mailed code, or `again` for another mail. */
    registration: text(2048),
    code: field,
    answer: field,
    cancel: field,
  }),
);

export const ForgotPasswordForm = withRequest(z.object({ ...ours, ...carried, email: field, cancel: field }));

/** `user_code`: as the device's address has it; `done`, `error`: what became of it. */
export const DeviceQuery = z.object({ lang: field, user_code: field, done: field, error: field });
export const DeviceForm = z.object({ ...ours, user_code: field });

export const ConsentForm = withRequest(
  z.object({
    ...ours,
    request,
    /** Whom and what the page has shown. */
    account: field,
    shown: field,
    allow: field,
    cancel: field,
  }),
);
export type ConsentForm = z.infer<typeof ConsentForm>;

/** `ask`: what the page asks about before it does it, with `id`; `done`: what was done; `to`: where to go on to. */
export const AccountQuery = z.object({
  ...carried,
  lang: field,
  ask: field,
  id: field,
  done: field,
  cursor: field,
});
export type AccountQuery = z.infer<typeof AccountQuery>;
/** One for all pages of the account: each reads its own fields. */
export const AccountForm = bodyOf(
  40 * 1024,
  z.object({
    ...ours,
    /** Whose page it is. */
    account: field,
    action: field,
    id: field,
    ...carried,
    email: field,
    name: field,
    first_name: field,
    last_name: field,
    display_name: field,
    locale: field,
    password: field,
    new_password: field,
    code: field,
    understood: field,
    /** Of an organisation's policy. */
    level_2: field,
    roles: field,
    from: field,
    shared_devices: field,
    /** What a browser made, JSON. */
    credential: text(32 * 1024),
  }),
);
export type AccountForm = z.infer<typeof AccountForm>;

export const InvitationQuery = z.object({ token, lang: field });
export const RestoreFactorsForm = z.object({ ...ours, token, password: field });
export const InvitationForm = z.object({ ...ours, token, cancel: field });

/** OpenID Connect RP-Initiated Logout 1.0 §2; lists, so that one that comes twice is refused by a page of its own. */
const values = z._default(z.array(z.string().check(z.maxLength(8192))), []);
const logout = {
  id_token_hint: values,
  client_id: values,
  post_logout_redirect_uri: values,
  state: values,
  logout_hint: values,
  ui_locales: values,
};
export const LogoutQuery = z.object({ ...logout, lang: field });
/** A client's form, or our own, which has the form token and the answer. */
export const LogoutForm = withRequest(z.object({ ...logout, ...ours, cancel: field }));
