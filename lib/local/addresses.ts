/** The addresses that are worth opening once the host has started. */
import { routes } from '../service/routes.ts';
import type { Host } from './host.ts';

/** Shown if the route table has them. */
const OF_THE_SERVICE = [
  ['Sign-in page', '/sign-in'],
  ['Account page', '/account'],
  ['Discovery', '/.well-known/openid-configuration'],
  ['API description', '/openapi.json'],
] as const;

/** Returns a line for each, without one at the end. */
export function addresses({ url, awsUrl }: Pick<Host, 'url' | 'awsUrl'>): string {
  const served = new Set<string>(routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  const lines = [
    ['Demo app', `${url}/`] as const,
    ...OF_THE_SERVICE.filter(([, path]) => served.has(path)).map(([name, path]) => [name, `${url}${path}`] as const),
    ['Mails sent', `${awsUrl}/_local/mailbox`] as const,
    ['Events on the bus', `${awsUrl}/_local/events`] as const,
  ];
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, address]) => `  ${name.padEnd(width)}${address}`).join('\n');
}
