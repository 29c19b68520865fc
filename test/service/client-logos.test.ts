/** Logos of clients: fetched once from wherever they are, and shown from here. */
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logoHash } from '../../functions/domain/client-logo.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { clientLogoUrl } from '../../functions/http/page-files.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { signInAt, visitor } from '../support/page-visitor.ts';
import { registerAndLogin } from '../support/people.ts';
import { pictures } from '../support/pictures.ts';
import { type Service, startService } from '../support/service.ts';
import { startTheirServer, type TheirServer } from '../support/their-server.ts';

let service: Service;
let theirs: TheirServer;
let origin: string;

beforeAll(async () => {
  theirs = await startTheirServer();
  ({ origin } = theirs);
  // A service of its own, as no other may fetch from this machine.
  service = await startService({ fetchAllow: new URL(origin).host });
});
afterAll(async () => {
  await service?.stop();
  theirs?.close();
});
beforeEach(() => {
  theirs.asked = [];
  service.setClockOffset(0);
});

const sends =
  (body: string | Buffer, type: string): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': type }).end(body);
const withLogo = (logo_uri = `${origin}/logo`) =>
  newClient(service, 'public', { name: 'Essays', logo_uri, redirect_uris: ['https://essays.example/callback'] });
const addressOf = ({ clientId }: Pick<TestClient, 'clientId'>, uri = `${origin}/logo`) =>
  clientLogoUrl(service.url, clientId, logoHash(uri));

async function show(url: string) {
  const { status, headers, body } = await service.get(new URL(url).pathname);
  return { status, type: headers.get('content-type'), kept: headers.get('cache-control'), headers, body };
}

const LETTER = {
  status: 200,
  type: 'image/svg+xml',
  kept: 'public, max-age=600',
  body: expect.stringContaining('>E<'),
};

describe('a logo', () => {
  it('is fetched once, and kept for good by whoever has seen it', async () => {
    theirs.answer = sends(pictures.png, 'image/png');
    const address = addressOf(await withLogo());
    expect(theirs.asked).toEqual([]);
    const first = await fetch(address);
    expect(Buffer.from(await first.arrayBuffer())).toEqual(pictures.png);
    expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await show(address)).type).toBe('image/png');
    expect(theirs.asked).toEqual(['/logo']);
  });

  it.each([
    ['a JPEG', pictures.jpeg, 'image/jpeg'],
    ['a WebP', pictures.webp, 'image/webp'],
  ])('is what its bytes are, and not what its server says: %s', async (_, bytes, type) => {
    theirs.answer = sends(bytes, 'text/html');
    const shown = await show(addressOf(await withLogo()));
    expect(shown.type).toBe(type);
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
  });

  it('is another one when the client has it elsewhere, and none when the client is gone', async () => {
    theirs.answer = sends(pictures.png, 'image/png');
    const client = await withLogo();
    await show(addressOf(client));
    const moved = `${origin}/other`;
    await service.sql('update clients set logo_uri = $2 where client_id = $1', [client.clientId, moved]);
    expect((await show(addressOf(client))).status).toBe(404);
    expect((await show(addressOf(client, moved))).type).toBe('image/png');
    expect(theirs.asked).toEqual(['/logo', '/other']);
    await service.sql('delete from clients where client_id = $1', [client.clientId]);
    expect((await show(addressOf(client, moved))).status).toBe(404);
    expect(await service.sql('select from client_logos where client_id = $1', [client.clientId])).toEqual([]);
  });
});

describe('S78: what may not be shown is the first letter of the name, and asked for again ten minutes later', () => {
  it.each<[string, RequestListener]>([
    ['a page under the name of a picture', sends('<!doctype html><script>alert(1)</script>', 'image/png')],
    ['an SVG', sends('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', 'image/svg+xml')],
    ['more than a logo has', sends(Buffer.concat([pictures.png, Buffer.alloc(50_000)]), 'image/png')],
    ['an answer that does not end', (_, response) => void response.on('error', () => {}).write(Buffer.alloc(99_999))],
    ['a redirect', (_, response) => response.writeHead(302, { location: `${origin}/elsewhere` }).end()],
    ['an error with a picture', (_, response) => response.writeHead(404).end(pictures.png)],
    ['a connection that is cut', (_, response) => response.destroy()],
  ])('%s', async (_, listener) => {
    theirs.answer = listener;
    const address = addressOf(await withLogo());
    expect(await show(address)).toMatchObject(LETTER);
    theirs.answer = sends(pictures.png, 'image/png');
    expect(await show(address)).toMatchObject(LETTER);
    expect(theirs.asked).toEqual(['/logo']);
    service.setClockOffset(10 * 60 + 1);
    expect((await show(address)).type).toBe('image/png');
  });

  it('an address within', async () => {
    theirs.answer = sends(pictures.png, 'image/png');
    const uri = `http://127.0.0.1:${new URL(origin).port}/logo`;
    expect(await show(addressOf(await withLogo(uri), uri))).toMatchObject(LETTER);
    expect(theirs.asked).toEqual([]);
  });
});

it('S78: nothing is fetched for anybody but a client, from where that has its logo', async () => {
  const client = await withLogo();
  const bare = await newClient(service, 'public');
  const elsewhere = clientLogoUrl(service.url, client.clientId, logoHash(`${origin}/secret`));
  const addresses = [
    elsewhere,
    addressOf({ clientId: 'c_nobody' as ClientId }),
    addressOf(bare),
    clientLogoUrl(service.url, '\0' as ClientId, 'x'),
    `${service.url}/assets/clients/%00/${encodeURIComponent(`${origin}/logo`)}`,
  ];
  for (const address of addresses) expect((await show(address)).status).toBe(404);
  expect(theirs.asked).toEqual([]);
});

it('is on the pages that its client leads to, and they ask nobody but us', async () => {
  const client = await withLogo();
  const address = addressOf(client);
  const browser = visitor(service);
  const open = async (path: string) => {
    const { body, headers } = await browser.open(path);
    return [String(body), headers.get('content-security-policy') ?? ''] as const;
  };
  await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
  const toSignIn = browser.location();
  await signInAt(browser, await registerAndLogin(service));
  const signIn = await open(`${toSignIn}&other=true`);
  const signUp = await open(toSignIn.replace('/sign-in', '/sign-up'));
  await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
  const consent = await open(browser.location());
  for (const [body, policy] of [signIn, signUp, consent]) {
    expect(body).toContain(`<img src="${address}"`);
    expect(body).not.toContain(origin);
    const pictureSources = /img-src ([^;]*);/.exec(policy)?.[1]?.split(' ') ?? [];
    expect(pictureSources).toContain(address);
    expect(pictureSources.every((source) => source.startsWith(`${service.url}/assets/`))).toBe(true);
  }
  expect(theirs.asked).toEqual([]);
});
