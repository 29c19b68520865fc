/** What is taken for a client's logo: its bytes decide, whatever a server says of them. */
import { expect, it } from 'vitest';
import { logoHash, MOST_LOGO_BYTES, readLogo } from '../../../functions/domain/client-logo.ts';
import { pictures, pngOf } from '../../support/pictures.ts';

it.each([
  ['png', 'png'],
  ['jpeg', 'jpeg'],
  ['webp', 'webp'],
  ['webpLossless', 'webp'],
  ['webpExtended', 'webp'],
] as const)('%s is one', (name, type) => {
  expect(readLogo(pictures[name])).toEqual({ type, bytes: pictures[name] });
});

const withByte = (bytes: Buffer, at: number, value: number) => {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return changed;
};
const animatedPng = Buffer.concat([
  pictures.png.subarray(0, 33),
  Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('acTL'), Buffer.alloc(12)]),
  pictures.png.subarray(33),
]);

it.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from(`<!doctype html><script>alert(1)</script>${' '.repeat(100)}`)],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>')],
  ['a GIF', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(100)])],
  ['a PNG that is cut off', pictures.png.subarray(0, 30)],
  ['a JPEG that is cut off', pictures.jpeg.subarray(0, 100)],
  ['a WebP that is cut off', pictures.webp.subarray(0, 28)],
  ['a PNG that moves', animatedPng],
  ['a WebP that moves', withByte(pictures.webpExtended, 20, 2)],
  ['a WebP of a kind that is not known', withByte(pictures.webp, 15, 0x5a)],
  ['a PNG without pixels', pngOf(0, 3)],
  ['a small file of a huge picture', pngOf(30_000, 30_000)],
  ['a wide one', pngOf(2_049, 1)],
  ['more bytes than fit', Buffer.concat([pictures.png, Buffer.alloc(MOST_LOGO_BYTES)])],
])('%s is none', (_, bytes) => {
  expect(readLogo(bytes)).toBe(null);
});

it('one of the largest size is one', () => {
  expect(readLogo(pngOf(2_048, 2_048))?.type).toBe('png');
  const filled = Buffer.concat([pictures.png, Buffer.alloc(MOST_LOGO_BYTES - pictures.png.length)]);
  expect(readLogo(filled)?.type).toBe('png');
});

it('a reader ends whatever the lengths inside say', () => {
  const zero = Buffer.concat([Buffer.from('ffd8ffe00000', 'hex'), Buffer.alloc(30_000)]);
  expect(readLogo(zero)).toBe(null);
  const far = Buffer.concat([pictures.png.subarray(0, 33), Buffer.from('ffffffff41414141', 'hex')]);
  expect(readLogo(far)?.type).toBe('png');
});

it('an address has one hash', () => {
  expect(logoHash('https://a.example/logo.png')).toMatch(/^[0-9a-f]{20}$/);
  expect(logoHash('https://a.example/logo.png')).not.toBe(logoHash('https://a.example/logo.png?2'));
});
