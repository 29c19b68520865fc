/** Where the mails of other services may lead (S62): with our name and layout around it, a reader trusts the button. */
import { Undeliverable } from './undeliverable.ts';

export interface AllowedLinks {
  /** The service's own base URL, whose host is always allowed. */
  readonly base: string;
  /** Other hosts, each with its port unless that is 443: `mail.linkHosts`. */
  readonly hosts: readonly string[];
}

/** Browsers and mail programs take a URL of this length without cutting it. */
const MOST_CHARACTERS = 2_000;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * @returns the URL as parsed, which is how a browser reads it: people may read another host in the text that was given
 * @throws Undeliverable when it does not lead to a host that is allowed
 */
export function allowedLink(given: string, { base, hosts }: AllowedLinks): string {
  if (!URL.canParse(given)) throw new Undeliverable('action_url_not_https');
  const { href, protocol, host, hostname, username, password } = new URL(given);
  const own = new URL(base);
  // javascript: and data: would run in the mail program; http: can be changed on its way, except within one machine.
  const local = protocol === 'http:' && own.protocol === 'http:' && LOOPBACK.includes(hostname);
  if (protocol !== 'https:' && !local) throw new Undeliverable('action_url_not_https');
  // https://brand.example@evil.example/ leads to evil.example.
  if (username !== '' || password !== '' || href.length > MOST_CHARACTERS || ![own.host, ...hosts].includes(host)) {
    throw new Undeliverable('action_url_not_allowed');
  }
  return href;
}
