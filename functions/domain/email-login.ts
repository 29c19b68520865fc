/**
 * Login by mail. Whoever asks gets a `login_id`, a sealed text (sealed.ts): so the service keeps no row for an address that
 * has no account, and answers alike. The mail has a code of 6 digits, a truncated MAC over `login_id` and the link's id: a
 * code that somebody was talked into reading out fits no other request, and no store or bus has it (S28). So few digits can
 * be guessed, so each try is counted before they are compared (S83).
 */
import { createHash, createHmac } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { TokenId } from './ids.ts';
import { type OneUse, oneUse } from './one-use.ts';
import type { Door } from './pending-sign-in.ts';
import type { Sealed } from './sealed.ts';
import { digitsOf, isOneOf } from './verification-code.ts';

/** Milliseconds. */
const LIFETIME = 10 * 60 * 1000;

export const mailedLoginEnd = (now: Date) => new Date(now.getTime() + LIFETIME);

/** Wrong codes after which an address, or a known device, gets in by the link alone for a day. */
export const codesClosed = { lockoutFailures: 10, lockoutSeconds: 24 * 60 * 60 } as const;

/** What a `login_id` says; times in milliseconds: it travels as JSON. */
export interface EmailLogin {
  /** Of the link, if the address has an account. */
  readonly tokenId: TokenId;
  readonly door: Door;
  /** As typed. */
  readonly email: string;
  /** Random; the same for all requests of a browser that come one after the other. */
  readonly browser: string;
  readonly deviceToken?: string;
  /** "Keep me signed in", of the pages. */
  readonly keep?: boolean;
  readonly endsAt: number;
}

export type EmailLogins = Sealed<EmailLogin>;

/** @returns null for what this service did not seal, for another door, or what is over */
export async function openEmailLogin(
  emailLogins: EmailLogins,
  text: string,
  door: Door,
  now: Date,
): Promise<EmailLogin | null> {
  const opened = await emailLogins.open(text);
  return opened && opened.door === door && opened.endsAt > now.getTime() ? opened : null;
}

/** What the row has of a `login_id`. */
export const loginHash = (loginId: string): Buffer => createHash('sha256').update(loginId).digest();

export const onceOfLogin = ({ tokenId, endsAt }: Pick<EmailLogin, 'tokenId' | 'endsAt'>): OneUse =>
  oneUse('email-login', [tokenId], new Date(endsAt));

interface CodeOf {
  readonly tokenId: TokenId;
  readonly loginHash: Uint8Array;
}

export const loginCode = ({ tokenId, loginHash }: CodeOf, key: Buffer): string =>
  digitsOf(createHmac('sha256', key).update('email-login-code').update(parseUuid(tokenId)).update(loginHash).digest());

/** @param keys each known version: the mail may have used the previous one */
export const isLoginCode = (digits: string, of: CodeOf, keys: readonly Buffer[]): boolean =>
  isOneOf(digits.replace(' ', ''), keys, (key) => loginCode(of, key));
