/**
 * What both ceremonies check alike: that a browser of ours asked, at our page, for this challenge, and that the owner of
 * the authenticator said yes (WebAuthn L3 §7.1 steps 7–18, §7.2 steps 11–19).
 */
import { createHash } from 'node:crypto';
import type { AuthenticatorData } from './authenticator-data.ts';
import { PasskeyFault } from './fault.ts';

export interface Expected {
  /** As it was given to the browser. */
  readonly challenge: Buffer;
  /** Of our pages, exactly. */
  readonly origins: readonly string[];
  /** The domain that passkeys belong to. */
  readonly rpId: string;
}

interface ClientData {
  readonly type?: unknown;
  readonly challenge?: unknown;
  readonly origin?: unknown;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
}

/** @throws PasskeyFault */
export function checkClientData(
  json: Buffer,
  type: 'webauthn.create' | 'webauthn.get',
  { challenge, origins }: Expected,
): void {
  const data = parsed(json);
  if (data.type !== type) throw new PasskeyFault(`it is for another ceremony than ${type}`);
  if (data.challenge !== challenge.toString('base64url')) throw new PasskeyFault('it answers another challenge');
  if (typeof data.origin !== 'string' || !origins.includes(data.origin))
    throw new PasskeyFault('it is of another origin');
  // In a frame of another site: nobody sees there whose page it is.
  if ((data.crossOrigin ?? false) !== false || data.topOrigin !== undefined)
    throw new PasskeyFault('it was in a frame');
}

/** @throws PasskeyFault */
export function checkAuthenticator(data: AuthenticatorData, { rpId }: Expected): void {
  if (!data.rpIdHash.equals(sha256(rpId))) throw new PasskeyFault('it is for another relying party');
  if (!data.isPresent) throw new PasskeyFault('nobody was there');
  if (!data.isVerified) throw new PasskeyFault('nobody showed that it is theirs');
}

/** The challenge that it says it answers, to be looked up; null for what is no client data. */
export function challengeIn(json: Buffer): string | null {
  try {
    const { challenge } = parsed(json);
    return typeof challenge === 'string' ? challenge : null;
  } catch (error) {
    if (error instanceof PasskeyFault) return null;
    throw error;
  }
}

export const sha256 = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest();

function parsed(json: Buffer): ClientData {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new PasskeyFault('its client data is no JSON', { cause: error });
  }
  throw new PasskeyFault('its client data is no object');
}
