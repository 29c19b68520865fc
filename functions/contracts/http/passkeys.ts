/**
 * Requests and answers about passkeys. What browsers give and take has their own names (WebAuthn L3 §5.1.8, the JSON
 * forms): `PublicKeyCredential.parseCreationOptionsFromJSON(options)` takes it as it is, and `credential.toJSON()` gives it.
 */
import * as z from 'zod/mini';
import { id, optional, peopleText, time, token } from './fields.ts';

/** Bytes as browsers write them. */
const bytes = (most: number) =>
  z
    .string()
    .check(
      z.regex(/^[A-Za-z0-9_-]*$/, { error: 'must be base64url without padding' }),
      z.maxLength(Math.ceil((most * 4) / 3), { error: `at most ${most} bytes` }),
    );

/** WebAuthn L3 §4: at most 1,023 bytes. */
const credentialId = bytes(1_023).check(z.minLength(1, { error: 'must not be empty' }));
const publicKeyType = z.literal('public-key');
const transports = z.array(z.string().check(z.maxLength(32))).check(z.maxLength(10));

export const RegistrationCredential = z.object({
  id: credentialId,
  type: publicKeyType,
  response: z.object({
    clientDataJSON: bytes(4_096),
    // With an attestation that was not asked for, as some authenticators send.
    attestationObject: bytes(16_384),
    transports: optional(transports),
  }),
});
export type RegistrationCredential = z.infer<typeof RegistrationCredential>;

export const AssertionCredential = z.object({
  id: credentialId,
  type: publicKeyType,
  response: z.object({
    clientDataJSON: bytes(4_096),
    authenticatorData: bytes(2_048),
    signature: bytes(1_100),
    userHandle: optional(bytes(64)),
  }),
});
export type AssertionCredential = z.infer<typeof AssertionCredential>;

const descriptor = z.object({ id: z.string(), type: publicKeyType, transports: z.optional(z.array(z.string())) });

/** `PublicKeyCredentialRequestOptionsJSON` */
export const RequestOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  /** Milliseconds. */
  timeout: z.int(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(descriptor),
});
export type RequestOptions = z.infer<typeof RequestOptions>;

/** `PublicKeyCredentialCreationOptionsJSON` */
export const CreationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: publicKeyType, alg: z.int() })),
  /** Milliseconds. */
  timeout: z.int(),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
  attestation: z.literal('none'),
});
export type CreationOptions = z.infer<typeof CreationOptions>;

export const PasskeyOptionsResponse = z.object({ options: CreationOptions });
export const PasskeyLoginOptionsResponse = z.object({ options: RequestOptions });

const passkeyName = peopleText(100);
export const CreatePasskeyRequest = z.object({ credential: RegistrationCredential, name: optional(passkeyName) });
export const RenamePasskeyRequest = z.object({ name: passkeyName });

export const PasskeyResponse = z.object({
  passkey_id: id,
  /** What browsers call it: base64url. */
  credential_id: z.string(),
  name: z.nullable(z.string()),
  created_at: time,
  last_used_at: z.nullable(time),
  /** It may be on several devices of its owner, and whether it is. */
  can_sync: z.boolean(),
  synced: z.boolean(),
});
export const PasskeysResponse = z.object({
  /** With `user_handle` and the ids, for `PublicKeyCredential.signalAllAcceptedCredentials`. */
  rp_id: z.string(),
  /** Null before the first passkey. */
  user_handle: z.nullable(z.string()),
  passkeys: z.array(PasskeyResponse),
});

export const PasskeyLoginRequest = z.object({
  assertion: AssertionCredential,
  device_name: optional(peopleText(100)),
  /** From an earlier login of the account on this device. With anything else, the device is unknown. */
  device_token: optional(token),
});

/** WebAuthn L3 §5.11.1. */
export const RelatedOriginsResponse = z.object({ origins: z.array(z.string()) });
