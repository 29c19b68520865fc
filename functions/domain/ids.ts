/** Identifiers: UUIDs, branded so that one kind cannot be passed as another. */
import { v7 } from 'uuid';

type Id<Kind extends string> = string & { readonly __kind: Kind };

export type UserId = Id<'user'>;
export type OrgId = Id<'organization'>;
export type SessionId = Id<'session'>;
export type EventId = Id<'event'>;
export type EntryId = Id<'entry'>;
export type LeaseId = Id<'lease'>;
export type TokenId = Id<'token'>;
export type DeviceId = Id<'device'>;
/** `c_` and 128 random bits in base64url; the settings' clients have names instead. Never a UUID. */
export type ClientId = Id<'client'>;
export type FactorId = Id<'factor'>;
export type SecretId = Id<'secret'>;
export type RegistrationTokenId = Id<'registration token'>;
export type ConsentId = Id<'consent'>;
export type RedemptionId = Id<'redemption'>;
export type CorrelationId = Id<'correlation'>;

/**
 * A new UUIDv7 (RFC 9562 §5.7). It is made here and not by the database, so that a statement whose outcome is unknown
 * can be sent again; it rises with time, so that indexes grow at their end.
 */
export const newId = <T extends Id<string>>(): T => v7() as T;
