/**
 * Text that others chose, as our mails show it (S62): a mail from us lends it our name, and mail programs make a link of
 * whatever looks like one. What leads somewhere, is an address or can be called goes; a mark says that something did.
 */
import { cutText, shownText } from '../people-text.ts';

const MARK = '…';

/** As browsers read them in a host name (UTS #46). */
const DOT = String.raw`[.\u2024\u3002\uff0e\uff61]`;
const LETTER = String.raw`[\p{L}\p{M}]`;
const NAME = String.raw`[\p{L}\p{M}\p{N}]`;

const patterns = () => ({
  /** A word that leads somewhere or is an address: a scheme, www., an at sign within, a host with a path or port. */
  leading: new RegExp(
    [
      String.raw`[:\uff1a][/\uff0f\\]{2}`,
      `(?<!${NAME})www${DOT}`,
      String.raw`(?<!${NAME})(?:mailto|tel|sms|callto|facetime|whatsapp|javascript|data|file|intent)[:\uff1a]`,
      String.raw`[^\s@\uff20][@\uff20][^\s@\uff20]`,
      // A host's longest name is 253 characters.
      String.raw`${NAME}${DOT}${LETTER}{2}[\p{L}\p{M}\p{N}.\-]{0,253}[/\uff0f?#:\\]`,
    ].join('|'),
    'iu',
  ),
  /** A dot that makes a host's name of two words; `t.ex.` and `Node.js` are no worse without. */
  joining: new RegExp(`(?<=${NAME})${DOT}(?=${LETTER}{2})`, 'gu'),
});
let compiled: ReturnType<typeof patterns> | undefined;

/** Between a number's digits. */
const GAP = String.raw`[\s().\-\u2010-\u2015\u2212/]{0,3}`;
/** Dialled: with a country's or an area's code before it, or grouped as in North America. */
const DIALLED = [
  String.raw`(?:\+|(?<![\p{Nd}.,])\(?0)(?:${GAP}\p{Nd}){6,}`,
  String.raw`(?<!\p{Nd})(?:1[ .-])?\(?\p{Nd}{3}\)?[ .-]{1,2}\p{Nd}{3}[ .-]\p{Nd}{4}(?!\p{Nd})`,
].join('|');
/** In a name any number of seven digits is one to be called, but for two years and a day. */
const NUMBERED = String.raw`\p{Nd}(?:${GAP}\p{Nd}){6,}`;
const TIME = /^(?:19|20)\d{2}[-\u2013/](?:(?:19|20)\d{2}|\d{2}-\d{2})$/;

let ofTexts: RegExp | undefined;
let ofNames: RegExp | undefined;

/**
 * A line of another service's, free of what a mail program would make a link of.
 * @param most code points; what is longer is cut, and marked as cut
 */
export function plainText(text: string, most = Number.POSITIVE_INFINITY): string {
  ofTexts ??= new RegExp(DIALLED, 'gu');
  return plain(text, ofTexts, most);
}

/** The name of an organisation or a device, to stand within quotation marks: it cannot close them and speak on as we do. */
export function plainName(name: string, most: number): string {
  ofNames ??= new RegExp(`${DIALLED}|${NUMBERED}`, 'gu');
  return plain(name, ofNames, most).replace(/["\u00ab\u00bb\u201c-\u201f\u2033\u2036\u300c-\u300f\uff02]/g, "'");
}

function plain(text: string, numbers: RegExp, most: number): string {
  compiled ??= patterns();
  const { leading, joining } = compiled;
  const line = shownText(text)
    .split(' ')
    .map((word) => (leading.test(word) ? MARK : word.replace(joining, ' ')))
    .join(' ')
    .replace(numbers, (number) => (TIME.test(number) ? number : MARK));
  return cutText(line, most, MARK);
}
