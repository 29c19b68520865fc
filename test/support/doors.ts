/** Test routes of the doors that are not JSON's: pages, signed-in people, OAuth clients. */
import { HtmlPage, MessageResponse, RevokeRequest, VerifyEmailForm } from '../../functions/contracts/http.ts';
import type { Route } from '../../lib/service/routes.ts';
import type { Answer } from './answer.ts';
import { answerCheck } from './openapi-check.ts';
import { type RouteHost, startRoutes, testRow } from './route-host.ts';

const page = { door: 'page', answers: { 200: HtmlPage } } as const;
const form = { door: 'page', request: VerifyEmailForm, answers: { 200: HtmlPage, 303: null } } as const;
const client = {
  door: 'oauth',
  auth: 'client',
  request: RevokeRequest,
  answers: { 200: MessageResponse },
  problems: ['RATE_LIMITED'],
} as const;
export const doorRows: readonly Route[] = [
  testRow('GET', 'page', { ...page, problems: ['RESOURCE_NOT_FOUND'] }),
  testRow('POST', 'page', form),
  testRow('GET', 'account', { ...page, auth: 'session' }),
  testRow('POST', 'account', { ...form, auth: 'session' }),
  testRow('POST', 'client', client),
  testRow('POST', 'json-client', { ...client, accepts: ['json', 'form'] }),
];
const check = answerCheck(doorRows);

export type HeaderFields = Readonly<Record<string, string>>;

export interface Doors extends RouteHost {
  /** Every answer is compared with the description of these rows. */
  send(method: string, path: string, headers?: HeaderFields, body?: string): Promise<Answer>;
  sendForm(path: string, fields: string, headers?: HeaderFields): Promise<Answer>;
}

export async function startDoors(): Promise<Doors> {
  const host = await startRoutes(doorRows);
  const send: Doors['send'] = async (method, path, headers = {}, body) => {
    const response = await fetch(`${host.url}${path}`, { method, headers, body: body ?? null, redirect: 'manual' });
    const sent = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(sent) : sent };
    check(method, path, answer);
    return answer;
  };
  return {
    ...host,
    send,
    sendForm: (path, fields, headers = {}) =>
      send('POST', path, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, fields),
  };
}
