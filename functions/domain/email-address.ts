/**
 * Addresses: what SMTP delivers to (RFC 5321), kept as given, compared by their key. One mailbox has one key, however
 * its domain is spelt, so it has one account, one lock and one limit (S59).
 */
import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.3: a path is 256 octets with its brackets. */
export const MOST_ADDRESS_BYTES = 254;
/** RFC 5321 §4.5.3.1.1. */
const MOST_LOCAL_BYTES = 64;

/**
 * A dot-string (RFC 5321 §4.1.2); beyond ASCII, the visible characters that RFC 6531 §3.3 adds. Nobody uses quoted
 * local parts, and a bracket or a control character would be an attack.
 */
const LOCAL_PART =
  /^[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}<>()[\],;:\\"@.]+(?:\.[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}<>()[\],;:\\"@.]+)*$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** How an IP address ends, in any spelling that a URL parser accepts: `0x7f.1` (WHATWG URL, "ends in a number"). */
const NUMERIC = /^(?:\d+|0x[0-9a-f]*)$/;
/** ASCII that no domain has; domainToASCII would take it for the end of a URL's host or for percent-encoding. */
const NO_DOMAIN = /[^A-Za-z0-9.\-\u0080-\u{10ffff}]/u;

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');
const isAscii = (text: string) => /^[ -~]*$/.test(text);

function split(address: string): [local: string, domain: string] {
  const at = address.lastIndexOf('@');
  return [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
}

/** @returns null for what is no domain */
const asciiDomain = (domain: string): string | null =>
  bytes(domain) > MOST_ADDRESS_BYTES || NO_DOMAIN.test(domain) ? null : domainToASCII(domain) || null;

/** Whether SMTP could deliver to the address. @param address trimmed, NFC */
export function isAddress(address: string): boolean {
  const [local, domain] = split(address);
  const ascii = asciiDomain(domain);
  if (ascii === null || bytes(`${local}@${ascii}`) > MOST_ADDRESS_BYTES || bytes(address) > MOST_ADDRESS_BYTES)
    return false;
  const labels = ascii.split('.');
  return (
    bytes(local) <= MOST_LOCAL_BYTES &&
    LOCAL_PART.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !NUMERIC.test(labels.at(-1) ?? '')
  );
}

/** Whether mail can be sent to the address: SES takes no local part beyond ASCII. */
export const isSendable = (address: string): boolean => isAscii(split(address)[0]);

/** The form that mail is sent to and that events hold: SES takes a domain in its ASCII form only (RFC 5891). */
export function withAsciiDomain(address: string): string {
  const [local, domain] = split(address);
  return isAscii(domain) ? address : `${local}@${asciiDomain(domain) ?? domain}`;
}

/**
 * The key that all spellings of one mailbox share. RFC 5321 §2.4 lets local parts differ by case; no mailbox provider
 * does, and this does not either.
 * @param email any text; text that is no address has a key that no address has
 */
export function emailKey(email: string): string {
  // Normalisation takes quadratic time over combining marks, and no address is this long.
  if (email.length > 4 * MOST_ADDRESS_BYTES) return email;
  const address = email.trim().normalize('NFC');
  const [local, domain] = split(address);
  return `${local.toLowerCase()}@${asciiDomain(domain) ?? domain.toLowerCase()}`;
}
