/** A logo or an icon, as settings name it: read, and refused where a browser would run or load something of it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What functions know of it. */
export interface Picture {
  /** Where it was read: a path or a `data:` URL. Functions do not get it. */
  readonly source: string;
  readonly type: 'svg' | 'png';
  /** Of its bytes; its name among the files of pages has it. */
  readonly hash: string;
  /** Width by height. */
  readonly ratio: number;
}

export interface ReadPicture {
  readonly facts: Picture;
  readonly bytes: Buffer;
}

const MOST_BYTES = 65_536;
/** https://www.w3.org/TR/png-3/#3PNGsignature */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @returns an Error that says why there is nothing to read */
export function readPicture(source: string): ReadPicture | Error {
  const bytes = source.startsWith('data:') ? ofDataUrl(source) : ofFile(source);
  if (bytes instanceof Error) return bytes;
  if (bytes.byteLength > MOST_BYTES) return new Error(`${bytes.byteLength} bytes; a picture has at most ${MOST_BYTES}`);
  const type = bytes.subarray(0, 8).equals(PNG_SIGNATURE) ? 'png' : 'svg';
  const size = type === 'png' ? sizeOfPng(bytes) : sizeOfSvg(bytes.toString('utf8'));
  if (!size) return new Error('neither a PNG nor an SVG with a viewBox, or a width and a height');
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  return { bytes, facts: { source, type, hash, ratio: Math.round((size.width / size.height) * 100) / 100 } };
}

/** What a browser would run, or fetch from somewhere; undefined for a picture that is only one. */
export function pictureFault({ facts: { type }, bytes }: ReadPicture): string | undefined {
  if (type === 'png') return undefined;
  const text = bytes.toString('utf8');
  return unsafe.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * A picture in an `img` runs nothing, and it is served under a policy that runs nothing (functions/routes/assets.ts). This
 * is for whoever would put the file elsewhere, and so that nobody asks a third party for a font or a picture.
 */
const unsafe: readonly (readonly [pattern: RegExp, fault: string])[] = [
  [/<(\w+:)?script/i, 'the SVG has a script'],
  [/\son\w+\s*=/i, 'the SVG has an event handler'],
  [/<(\w+:)?(foreignObject|iframe|object|embed|audio|video)\b/i, 'the SVG embeds what is no drawing'],
  [/\battributeName\s*=\s*["'](xlink:)?href/i, 'the SVG changes a reference'],
  [/<!(DOCTYPE|ENTITY)/i, 'the SVG declares a document type or entities'],
  [/<\?xml-stylesheet/i, 'the SVG refers to a style sheet'],
  [/\b(href|src)\s*=\s*(["'])(?!\s*(#|data:image\/(png|jpeg|webp);))/i, 'the SVG refers to something outside it'],
  [/\burl\(\s*(?!\s*["']?#)|@import/i, 'the SVG refers to something outside it'],
];

function ofFile(path: string): Buffer | Error {
  try {
    return readFileSync(path);
  } catch (error) {
    return new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** RFC 2397. */
function ofDataUrl(url: string): Buffer | Error {
  const [, type = '', base64, data = ''] =
    /^data:(image\/(?:svg\+xml|png))(?:;charset=utf-8)?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (type === '') return new Error('a data: URL of image/svg+xml or image/png');
  try {
    return base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data), 'utf8');
  } catch {
    return new Error('a data: URL that is not percent-encoded as it should be');
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The header chunk comes first (https://www.w3.org/TR/png-3/#11IHDR). */
const sizeOfPng = (bytes: Buffer): Size | undefined =>
  bytes.byteLength > 24 && bytes.toString('latin1', 12, 16) === 'IHDR'
    ? sized(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
    : undefined;

function sizeOfSvg(text: string): Size | undefined {
  const root = /^\s*(?:<\?xml[^>]*>|<!--.*?-->|<![^>]*>|\s)*<svg\b([^>]*)>/is.exec(text)?.[1];
  // Without its namespace, a file of its own is no picture to a browser.
  if (root === undefined || !root.includes('http://www.w3.org/2000/svg')) return undefined;
  const [, , width, height] = (/\bviewBox\s*=\s*["']([^"']*)["']/.exec(root)?.[1] ?? '').trim().split(/[\s,]+/);
  const length = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(root)?.[1];
  return sized(Number(width ?? length('width')), Number(height ?? length('height')));
}

const sized = (width: number, height: number): Size | undefined =>
  width > 0 && height > 0 ? { width, height } : undefined;
