/**
 * Text that others chose, as our mails show it (S62): a mail from us lends it our name, and mail programs make links of
 * all that looks like one. Links, addresses and phone numbers are removed, and a mark stands in their place.
 */
import { cutText, shownText } from '../people-text.ts';

const MARK = '…';

/** The characters that browsers read as dots in a host name (UTS #46). */
const DOT = String.raw`[.\u2024\u3002\uff0e\uff61]`;
/** The characters of a top-level domain: UTS #46 also makes letters of symbols and Roman numerals. */
const LETTER = String.raw`[^\s\p{P}\p{Nd}]`;

const patterns = () => ({
  /** A word that leads somewhere or is an address: a scheme, a network share, `www.`, an at sign inside. */
  leading: new RegExp(
    [
      String.raw`[/\uff0f\\]{2}`,
      String.raw`(?<![\p{L}\p{M}\p{N}])www${DOT}`,
      String.raw`(?<![\p{L}\p{M}\p{N}])(?:${SCHEMES})[:\uff1a]`,
      String.raw`[^\s@\uff20\ufe6b][@\uff20\ufe6b][^\s@\uff20\ufe6b]`,
    ].join('|'),
    'iu',
  ),
  /** A dot that makes two words a host name; `t.ex.` and `Node.js` are readable without it. Emoji have domains, too. */
  joining: new RegExp(String.raw`(?<=[^\s.])${DOT}(?=${LETTER}{2})`, 'gu'),
  /** A path or a port makes a URL of a host name. */
  going: /[/\uff0f?#:\\]/,
});
const SCHEMES =
  'https?|ftp|mailto|tel|sms|callto|facetime|whatsapp|skype|sips?|xmpp|tg|news|webcal|geo|magnet|javascript|data|file|intent';
let compiled: ReturnType<typeof patterns> | undefined;

/** May stand between a number's digits. */
const GAP = String.raw`[\s().\-\u2010-\u2015\u2212/_\u00b7\u2022]{0,3}`;
/** A phone number: it begins with a country or area code, or is grouped as in North America. */
const DIALLED = [
  String.raw`(?:[+\uff0b]|(?<![\p{Nd}.,])\(?[0\u0660\u06f0\uff10])(?:${GAP}\p{Nd}){6,}`,
  String.raw`(?<!\p{Nd})(?:1[ .-])?\(?\p{Nd}{3}\)?[ .-]{1,2}\p{Nd}{3}[ .-]\p{Nd}{4}(?!\p{Nd})`,
].join('|');
/** In a name, any number of seven digits counts as a phone number, except two years and a date. */
const NUMBERED = String.raw`\p{Nd}(?:${GAP}\p{Nd}){6,}`;
const TIME = /^(?:19|20)\d{2}[-\u2013/](?:(?:19|20)\d{2}|\d{2}-\d{2})$/;

let ofTexts: RegExp | undefined;
let ofNames: RegExp | undefined;

/**
 * A line of another service, without anything that a mail program would make a link of.
 * @param most code points; a longer line is cut, and marked as cut
 */
export function plainText(text: string, most = Number.POSITIVE_INFINITY): string {
  ofTexts ??= new RegExp(DIALLED, 'gu');
  return plain(text, ofTexts, most);
}

/** An organisation's or device's name, for use within quotation marks: it cannot close them and go on in our voice. */
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
