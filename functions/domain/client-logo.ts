/**
 * Logos of clients: pictures of somebody else that this service shows as its own files. Which kind one is, its bytes say
 * and no header; what a browser would animate or need much memory for is refused. SVG is left out: it is a program for the
 * reader's browser, which nested references keep busy for minutes, and a document where it is opened by itself.
 */
import { createHash } from 'node:crypto';

export type LogoType = 'png' | 'jpeg' | 'webp';

export interface Logo {
  readonly type: LogoType;
  readonly bytes: Uint8Array;
}

/** A row of a result has 64 KB at most, in base64 a third more than here (functions/README.md, "The Data API"). */
export const MOST_LOGO_BYTES = 40_960;
/** Pixels a side: small files may be huge pictures. */
const MOST_SIDE = 2_048;

/** Names the address that a logo is fetched from, in the address that it is served at. */
export const logoHash = (logoUri: string): string => createHash('sha256').update(logoUri).digest('hex').slice(0, 20);

interface Size {
  readonly width: number;
  readonly height: number;
}

const kinds: Readonly<Record<LogoType, (bytes: Buffer) => Size | null>> = {
  png: pngSize,
  jpeg: jpegSize,
  webp: webpSize,
};

/** @returns null for what is no still picture of these kinds and this size */
export function readLogo(bytes: Buffer): Logo | null {
  if (bytes.length > MOST_LOGO_BYTES) return null;
  for (const type of Object.keys(kinds) as LogoType[]) {
    const size = kinds[type](bytes);
    if (size) return isShown(size) ? { type, bytes } : null;
  }
  return null;
}

const isShown = ({ width, height }: Size) => Math.min(width, height) > 0 && Math.max(width, height) <= MOST_SIDE;

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';

/** https://www.w3.org/TR/png-3/#11IHDR; one with the chunk acTL moves (#11acTL), and that stands before the first IDAT. */
function pngSize(bytes: Buffer): Size | null {
  if (bytes.length < 33 || text(bytes, 0, 8) !== PNG_SIGNATURE || text(bytes, 12, 4) !== 'IHDR') return null;
  for (let at = 8; at + 8 <= bytes.length && text(bytes, at + 4, 4) !== 'IDAT'; at += 12 + bytes.readUInt32BE(at)) {
    if (text(bytes, at + 4, 4) === 'acTL') return null;
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** The first frame header, SOF0 to SOF15 without DHT, JPG and DAC (ITU-T T.81 §B.2.2, table B.1). */
function jpegSize(bytes: Buffer): Size | null {
  if (text(bytes, 0, 3) !== '\xff\xd8\xff') return null;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
  }
  return null;
}

/** https://www.rfc-editor.org/rfc/rfc9649#section-2 and #section-3; VP8: https://www.rfc-editor.org/rfc/rfc6386#section-9.1 */
function webpSize(bytes: Buffer): Size | null {
  if (bytes.length < 30 || text(bytes, 0, 4) !== 'RIFF' || text(bytes, 8, 4) !== 'WEBP') return null;
  switch (text(bytes, 12, 4)) {
    case 'VP8X': {
      const isAnimated = ((bytes[20] ?? 0) & 2) !== 0;
      return isAnimated ? null : { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return bytes[20] === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 } : null;
    }
    case 'VP8 ':
      return text(bytes, 23, 3) === '\x9d\x01\x2a'
        ? { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
        : null;
    default:
      return null;
  }
}

const text = (bytes: Buffer, at: number, length: number) => bytes.toString('latin1', at, at + length);
