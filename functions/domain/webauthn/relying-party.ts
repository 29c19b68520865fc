/** For whom passkeys are made and used: the domain that they belong to, and the pages that may ask for them. */
import type { Settings } from '../settings.ts';

export type RelyingPartySettings = Pick<Settings, 'issuer' | 'passkeys'>;

export interface RelyingParty {
  /** The domain (WebAuthn L3 §5.1.2, "RP ID"). */
  readonly rpId: string;
  /** Of our pages and of those that the settings name, exactly. */
  readonly origins: readonly string[];
}

/** @returns null where the stage has no passkeys */
export function relyingParty({
  issuer,
  passkeys: { on = true, rpId, origins },
}: RelyingPartySettings): RelyingParty | null {
  if (!on) return null;
  const own = new URL(issuer);
  return { rpId: rpId ?? own.hostname, origins: [...new Set([own.origin, ...origins])] };
}

/** What browsers are told of {@link RelyingParty.origins}: all but applications, which their own systems know of. */
export const relatedOrigins = (settings: RelyingPartySettings): string[] | undefined =>
  relyingParty(settings)?.origins.filter((origin) => /^https?:/.test(origin));
