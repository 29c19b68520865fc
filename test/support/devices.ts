/** Devices without a browser, and the person who lets them in, for tests. */
import { DEVICE_GRANT } from '../../functions/domain/device-code.ts';
import type { Answer } from './answer.ts';
import { type ClientWishes, newClient, type TestClient } from './clients.ts';
import { formTo } from './grants.ts';
import { signedInBrowser } from './oauth.ts';
import { follow, type Visitor, visitor } from './page-visitor.ts';
import type { Service } from './service.ts';

/** A command line, which has no address to be redirected to. */
export const newTool = (service: Service, wishes: ClientWishes = {}): Promise<TestClient> =>
  newClient(service, 'public', {
    name: 'Essay tool',
    redirect_uris: [],
    grants: [DEVICE_GRANT, 'refresh_token'],
    scopes: ['openid', 'email', 'offline_access'],
    ...wishes,
  });

export type Fields = Readonly<Record<string, string | readonly string[]>>;

export const askForDevice = (service: Service, client: TestClient, fields: Fields = {}, headers = {}) =>
  formTo(service, '/oauth/device_authorization', client, { scope: 'openid', ...fields }, headers);

export interface Device {
  readonly device_code: string;
  readonly user_code: string;
}

export const newDevice = async (service: Service, client: TestClient, fields: Fields = {}, headers = {}) =>
  (await askForDevice(service, client, fields, headers)).body as Device;

export const poll = (service: Service, client: TestClient, { device_code }: Pick<Device, 'device_code'>, more = {}) =>
  formTo(service, '/oauth/token', client, { grant_type: DEVICE_GRANT, device_code, ...more });

/** A browser in which the person is signed in. */
export async function browserOf(service: Service, person: { readonly userId: string }): Promise<Visitor> {
  const visit = visitor(service);
  const { headers } = await signedInBrowser(service, person);
  visit.cookies.set('identity', headers.cookie.slice('identity='.length));
  return visit;
}

/** Types the code, and goes on to the next page. */
export async function typeCode(visit: Visitor, userCode: string): Promise<Answer> {
  await visit.open('/device');
  const answer = await visit.submit({ user_code: userCode });
  if (answer.status !== 303) return answer;
  while (visit.location().startsWith('/')) {
    const next = await visit.open(visit.location());
    if (next.status !== 303) return next;
  }
  throw new Error(`it led to ${visit.location()}`);
}

/** Presses a button of the page, and goes on to the page of ours that says what became of it. */
export async function press(visit: Visitor, fields: Readonly<Record<string, string>>): Promise<void> {
  await visit.submit(fields);
  const { pathname, search } = new URL((await follow(visit)) || '/device', 'https://own.invalid');
  if (visit.location() !== '') await visit.open(pathname + search);
}

/** Types the code, and says yes. */
export async function letIn(visit: Visitor, { user_code }: Pick<Device, 'user_code'>): Promise<void> {
  await typeCode(visit, user_code);
  await press(visit, { allow: 'true' });
}
