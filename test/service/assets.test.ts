/** What pages load: a stylesheet, an icon, a logo; from the service itself, and kept for good. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let service: Service;
beforeAll(async () => {
  service = await sharedService({ brand: { logo: `data:image/png;base64,${PIXEL}` } });
});
afterAll(() => service?.stop());

/** The addresses that the page's policy names, and those that the page loads. */
async function loaded() {
  const { headers, body } = await service.get('/verify-email?token=abc');
  const policy = headers.get('content-security-policy') ?? '';
  const allowed = [...policy.matchAll(/http\S+?(?=[; ]|$)/g)].map(([url]) => url);
  const used = [...String(body).matchAll(/(?:href|src)="(http[^"]+)"/g)].map(([, url = '']) => url);
  return { allowed, used };
}
const pathOf = (url: string) => new URL(url).pathname;

describe('the files of a page', () => {
  it('are allowed by their addresses, at the issuer, and are all that the page loads', async () => {
    const { allowed, used } = await loaded();
    expect(allowed.map((url) => url.split('.').at(-1))).toEqual(['css', 'svg', 'png']);
    expect(new Set(used)).toEqual(new Set(allowed));
    expect(allowed.every((url) => url.startsWith(`${service.url}/assets/`))).toBe(true);
  });

  it('are kept for good, and are what their type says', async () => {
    const { allowed } = await loaded();
    const answers = await Promise.all(allowed.map((url) => fetch(url)));
    for (const { status, headers } of answers) {
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      'text/css; charset=utf-8',
      'image/svg+xml',
      'image/png',
    ]);
    const [sheet, icon, logo] = answers;
    expect(await sheet?.text()).toContain('--accent:#1d4ed8');
    expect(await icon?.text()).toMatch(/^<svg /);
    expect(Buffer.from((await logo?.arrayBuffer()) ?? new ArrayBuffer(0)).toString('base64')).toBe(PIXEL);
  });

  it('run nothing where a picture is opened as a document of its own', async () => {
    const pictures = (await loaded()).allowed.filter((url) => !url.endsWith('.css'));
    for (const url of pictures) {
      const { headers } = await service.get(pathOf(url));
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    }
  });

  it('have this version’s look while a deployment is under way, which nobody keeps', async () => {
    const { status, headers, body } = await service.get(`/assets/${'0'.repeat(20)}.css`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toContain('--accent:');
  });

  it.each(['nothing.css', `${'0'.repeat(20)}.svg`, '..%2fpackage.json', '%00'])('are no others: %s', async (name) => {
    const { status, headers } = await service.get(`/assets/${name}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.get('cache-control') ?? 'no-store').toBe('no-store');
  });

  it('need no call to AWS', async () => {
    const { allowed } = await loaded();
    expect(await service.callsDuring(() => Promise.all(allowed.map((url) => service.get(pathOf(url)))))).toEqual({});
  });
});
