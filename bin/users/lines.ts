/**
 * The lines of a file of JSON lines (https://jsonlines.org): UTF-8, ended by \n. They are split by bytes: node:readline
 * also ends a line at U+2028, U+2029 and a lone \r, and a JSON string may contain these (RFC 8259 §7).
 */
import { createReadStream } from 'node:fs';

export interface Line {
  /** Counted from 1, as editors do. */
  readonly line: number;
  /** Null for a line that cannot be read. */
  readonly text: string | null;
  readonly fault: string | null;
}

/** More than any account needs; without a limit, a file without any \n would be kept in memory whole. */
export const MOST_BYTES = 64 * 1024;

const [NEWLINE, RETURN] = [0x0a, 0x0d];
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF_16 = ['fffe', 'feff'];

/** Fatal: otherwise U+FFFD would replace a bad byte, and become part of a name. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param file a path, or `-` for standard input; blank lines are counted and skipped
 * @throws Error of one line when the file cannot be read
 */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let line = 0;
  let begun: Buffer[] = [];
  let bytes = 0;
  const take = (): Line | null => {
    line++;
    const whole = Buffer.concat(begun);
    const isTooLong = bytes > MOST_BYTES;
    [begun, bytes] = [[], 0];
    return isTooLong ? { line, text: null, fault: `longer than ${MOST_BYTES} bytes` } : decode(line, whole);
  };
  for await (const chunk of chunksOf(file)) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      const taken = take();
      if (taken) yield taken;
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  const last = bytes > 0 ? take() : null;
  if (last) yield last;

  function add(part: Buffer): void {
    bytes += part.length;
    // Of a line that is too long, only the length is kept.
    if (bytes <= MOST_BYTES) begun.push(part);
    else begun = [];
  }
}

function decode(line: number, bytes: Buffer): Line | null {
  const whole = bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
  const marked = line === 1 && whole.subarray(0, BOM.length).equals(BOM);
  try {
    const text = utf8.decode(marked ? whole.subarray(BOM.length) : whole);
    return text.trim() === '' ? null : { line, text, fault: null };
  } catch {
    return { line, text: null, fault: 'not UTF-8' };
  }
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  let isFirst = true;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      if (isFirst && UTF_16.includes(chunk.subarray(0, 2).toString('hex'))) {
        throw new Error(`${file}: UTF-16; save it as UTF-8`);
      }
      isFirst = false;
      yield chunk;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    throw new Error(`${file} is a directory`, { cause: error });
  }
}
