/**
 * Text that others chose, as our mails show it (S62): a mail from us lends it our name, and mail programs make a link of
 * whatever looks like one. What leads somewhere, is an address or can be called goes; a mark says that something did.
 */
import { cutText, shownText } from '../people-text.ts';

const MARK = '…';

/** As browsers read them in a host name (UTS #46). */
const DOT = String.raw`[.\u2024\u3002\uff0e\uff61]`;
/** What a top level may be written with: UTS #46 makes letters of symbols and Roman numerals too. */
const LETTER = String.raw`[^\s\p{P}\p{Nd}]`;

const patterns = () => ({
  /** A word that leads somewhere or is an address: a scheme, a network share, www., an at sign within. */
  leading: new RegExp(
    [
      String.raw`[/\uff0f\\]{2}`,
      String.raw`(?<![\p{L}\p{M}\p{N}])www${DOT}`,
      String.raw`(?<![\p{L}\p{M}\p{N}])(?:${SCHEMES})[:\uff1a]`,
      String.raw`[^\s@\uff20\ufe6b][@\uff20\ufe6b][^\s@\uff20\ufe6b]`,
    ].join('|'),
    'iu',
  ),
  /** A dot that makes a host's name of two words; `t.ex.` and `Node.js` are no worse without. An emoji has domains too. */
  joining: new RegExp(String.raw`(?<=[^\s.])${DOT}(?=${LETTER}{2})`, 'gu'),
  /** What makes an address of a host's name: a path, a port. */
  going: /[/\uff0f?#:\\]/,
});
const SCHEMES =
  'https?|ftp|mailto|tel|sms|callto|facetime|whatsapp|skype|sips?|xmpp|tg|news|webcal|geo|magnet|javascript|data|file|intent';
let compiled: ReturnType<typeof patterns> | undefined;

/** Between a number's digits. */
const GAP = String.raw`[\s().\-\u2010-\u2015\u2212/_\u00b7\u2022]{0,3}`;
/** Dialled: with a country's or an area's code before it, or grouped as in North America. */
const DIALLED = [
  String.raw`(?:[+\uff0b]|(?<![\p{Nd}.,])\(?[0\u0660\u06f0\uff10])(?:${GAP}\p{Nd}){6,}`,
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
  return plain(name, ofNames, most).replace(
    /["\u00ab\u00bb\u02ba\u02dd\u05f4\u201c-\u201f\u2033\u2036\u275d\u275e\u3003\u300c-\u300f\u301d-\u301f\uff02]/g,
    "'",
  );
}

function plain(text: string, numbers: RegExp, most: number): string {
  const line = shownText(text)
    .split(' ')
    .map(plainWord)
    .join(' ')
    .replace(numbers, (number) => (TIME.test(number) ? number : MARK));
  return cutText(line, most, MARK);
}

function plainWord(word: string): string {
  compiled ??= patterns();
  const { leading, joining, going } = compiled;
  const host = word.search(joining);
  return leading.test(word) || (host >= 0 && going.test(word.slice(host))) ? MARK : word.replace(joining, ' ');
}
