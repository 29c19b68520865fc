/** The disguises that guessers try first: capitals, digits and signs around a word, the word twice. */

/** Without case, in one Unicode form. */
export const fold = (value: string): string => value.normalize('NFC').toLowerCase();

/** `2024sunshine!!` → `sunshine`: without the non-letters around it; empty if there is no letter. */
export const wordIn = (folded: string): string => /\p{L}.*\p{L}|\p{L}/su.exec(folded)?.[0] ?? '';

/** `abcabcabc` → `abc`: the shortest part that the whole repeats; the whole if it repeats none. */
export const repeatedPart = (whole: string): string => whole.slice(0, (whole + whole).indexOf(whole, 1));
