/** The cookies of somebody who signs in at the hosted pages: the session's, and those by which the device is known. */
import { type BrowserCookie, readBrowserCookie } from '../domain/browser-session.ts';
import type { DeviceTokens } from '../domain/device-token.ts';
import type { Pseudonymize } from '../domain/pseudonym.ts';
import { browserLifetime } from '../domain/session-lifetime.ts';
import type { Settings } from '../domain/settings.ts';
import { type Cookies, cookieName, removeCookie, setCookie } from './cookies.ts';
import type { RawRequest } from './messages.ts';
import { SESSION_COOKIE } from './session-route.ts';

type Issuer = Pick<Settings, 'issuer'>;

/** @returns null where the browser has none, or something else */
export const sessionCookie = ({ cookies }: Pick<RawRequest, 'cookies'>, { issuer }: Issuer): BrowserCookie | null =>
  readBrowserCookie(cookies.get(cookieName(SESSION_COOKIE, issuer)));

/** @param keepSeconds null: until the browser is closed */
export const setSessionCookie = (value: string, keepSeconds: number | null, { issuer }: Issuer): string =>
  setCookie({ name: SESSION_COOKIE, value, ...(keepSeconds === null ? {} : { maxAge: keepSeconds }) }, issuer);

interface Renewed {
  readonly idle_seconds: number;
  /** Milliseconds since the epoch. */
  readonly session_ends_at: number;
}

/** Of a session that goes on: the browser keeps it as it kept the one before, and no longer. */
export const renewSessionCookie = (
  value: string,
  { idle_seconds, session_ends_at }: Renewed,
  settings: Issuer & Pick<Settings, 'browserSessions'>,
  now: Date,
): string => {
  const isKept = idle_seconds === browserLifetime(settings, true).idleSeconds;
  return setSessionCookie(value, isKept ? (session_ends_at - now.getTime()) / 1000 : null, settings);
};

export const removeSessionCookie = ({ issuer }: Issuer): string => removeCookie(SESSION_COOKIE, issuer);

const DEVICE_COOKIE = 'device-';
/** Accounts that a browser is known for; each costs a header of 150 bytes with every request. */
const MOST_DEVICES = 5;
const DAY = 24 * 60 * 60;

/** Named after the address, which nobody reads out of it. */
const deviceName = (pseudonymize: Pseudonymize, emailKey: string) =>
  `${DEVICE_COOKIE}${pseudonymize('address', emailKey).toString('hex').slice(0, 16)}`;

/** By which the device is known to who signed in with the address before (S67). */
export const deviceCookie = (
  { cookies }: Pick<RawRequest, 'cookies'>,
  pseudonymize: Pseudonymize,
  emailKey: string,
  { issuer }: Issuer,
): string | undefined => cookies.get(cookieName(deviceName(pseudonymize, emailKey), issuer));

interface KnownDevice {
  readonly pseudonymize: Pseudonymize;
  readonly emailKey: string;
  /** Null: the device is not to be known, nor that anybody was here. */
  readonly deviceToken: string | null;
  readonly now: Date;
}

/** Sets the device's cookie, and removes that of the account which has not signed in here for longest. */
export async function setDeviceCookie(
  { cookies }: Pick<RawRequest, 'cookies'>,
  deviceTokens: DeviceTokens,
  { pseudonymize, emailKey, deviceToken, now }: KnownDevice,
  { issuer, deviceDays }: Issuer & Pick<Settings, 'deviceDays'>,
): Promise<string[]> {
  const name = deviceName(pseudonymize, emailKey);
  if (deviceToken === null) return [removeCookie(name, issuer)];
  const others = await datedDevices(cookies, issuer, cookieName(name, issuer), (value) =>
    deviceTokens.read(value, now),
  );
  const oldest = others.sort((a, b) => b.at - a.at).slice(MOST_DEVICES - 1);
  return [
    setCookie({ name, value: deviceToken, maxAge: deviceDays * DAY }, issuer),
    ...oldest.map((other) => removeCookie(other.name, issuer)),
  ];
}

/** When each other account signed in here last; what cannot be read is older than all. */
async function datedDevices(
  cookies: Cookies,
  issuer: string,
  own: string,
  read: (value: string | undefined) => ReturnType<DeviceTokens['read']>,
) {
  const prefix = cookieName(DEVICE_COOKIE, issuer);
  const found = [...cookies].filter(([name]) => name !== own && /^[0-9a-f]{16}$/.test(name.slice(prefix.length)));
  const devices = found.filter(([name]) => name.startsWith(prefix));
  return Promise.all(
    devices.map(async ([name, value]) => ({
      name: `${DEVICE_COOKIE}${name.slice(prefix.length)}`,
      at: (await read(value))?.issuedAt.getTime() ?? 0,
    })),
  );
}
