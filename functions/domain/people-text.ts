/**
 * Names that people choose for themselves, their organisations and devices, and that others read in mails, lists and
 * pages (S62). A line break or ESC writes into a terminal or header, a bidi override reverses `moc.elpmaxe`, and a name
 * of invisible characters names nobody. Requests refuse such text; it is cleaned again before it is shown, as older
 * rows and other services' events can hold anything.
 */

/** Visible by itself: no white space, no marks, nothing of the private use areas. */
const SHOWN = String.raw`[\p{L}\p{N}\p{P}\p{S}]`;

/** Control and format characters (bidi, joiners), lone surrogates, line ends, blanks classed as letters or symbols. */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]`;

/** Scripts whose letters no joiner shapes: between Latin letters it only makes two names look like one. */
const UNSHAPED = ['Latin', 'Greek', 'Cyrillic', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Inherited'];
const SHAPED = String.raw`[[\p{L}\p{M}]--[${UNSHAPED.map((script) => String.raw`\p{scx=${script}}`).join('')}\p{Default_Ignorable_Code_Point}]]`;

/**
 * Where invisible characters belong to a visible one: ZWJ and ZWNJ in Persian and Indic words, ZWJ in emoji sequences
 * (UTS #51 §1.4.7), one variation selector after a character that has variants, the tags of a subdivision's flag.
 */
const IN_PLACE = [
  String.raw`(?<=${SHAPED})[\u200c\u200d](?=${SHAPED})`,
  // Malayalam as it was typed before it had chillu letters.
  String.raw`(?<=\u0d4d)\u200d`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Emoji})[\ufe0e\ufe0f]`,
  String.raw`(?<=\p{Unified_Ideograph})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180d\u180f]`,
  String.raw`(?<=\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}\u{e007f}]`,
].join('|');

/** Nearly all text is plain and needs none of the classes, which take 2 ms to compile. */
const PLAIN = /^[ -~]*$/;
let patterns: { readonly misplaced: RegExp; readonly shown: RegExp } | undefined;

function compiled() {
  patterns ??= {
    misplaced: new RegExp(`(?!${IN_PLACE})${UNSEEN}`, 'gv'),
    shown: new RegExp(`(?!${UNSEEN})${SHOWN}`, 'v'),
  };
  return patterns;
}

/** Whether it holds a control, bidi or invisible character, or a line break, outside a sequence that needs it. */
export const holdsUnseen = (text: string): boolean => !PLAIN.test(text) && text.search(compiled().misplaced) >= 0;

/** Whether it shows at least one letter, digit, punctuation mark or symbol. */
export const isVisible = (text: string): boolean =>
  PLAIN.test(text) ? /[!-~]/.test(text) : compiled().shown.test(text);

/** For a mail, a page, a list: one line, without invisible characters, outer or doubled white space. */
export function shownText(text: string): string {
  const line = PLAIN.test(text)
    ? text
    : text.replace(/[\t\n\v\f\r\x85\u2028\u2029]/g, ' ').replace(compiled().misplaced, '');
  return line.replace(/\s+/g, ' ').trim();
}

let segmenter: Intl.Segmenter | undefined;

/**
 * Cuts between graphemes, so that no letter loses its accent and no family a member, and marks the cut (UAX #29).
 * @param most code points, the mark among them
 */
export function cutText(text: string, most: number, mark = '…'): string {
  // No text has more code points than UTF-16 units.
  if (text.length <= most || [...text].length <= most) return text;
  const room = most - [...mark].length;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let kept = '';
  let length = 0;
  for (const { segment } of segmenter.segment(text)) {
    length += [...segment].length;
    if (length > room) break;
    kept += segment;
  }
  return kept.trimEnd() + mark;
}
