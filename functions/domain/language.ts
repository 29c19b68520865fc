/** The languages that mails and pages are written in. */

export const languages = ['en', 'sv'] as const;
export type Language = (typeof languages)[number];

/** @param tag BCP 47, as an account or a link has it; `sv-FI` is Swedish, an unknown tag English */
export function languageOf(tag: string | null | undefined): Language {
  return known(tag ?? '') ?? 'en';
}

/** @param tags in order of preference. @returns undefined where none is of a language that there is */
export function firstKnown(tags: readonly (string | null | undefined)[]): Language | undefined {
  return tags.map((tag) => known(tag ?? '')).find((language) => language !== undefined);
}

/** The best language of an Accept-Language header (RFC 9110 §12.5.4). */
export function acceptedLanguage(header: string | undefined): Language {
  const ranges = (header ?? '').split(',', 20).map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    // A parameter's name may also be `Q` (RFC 9110 §5.6.6).
    const quality = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
    return { tag, quality: quality === undefined ? 1 : Number(quality) };
  });
  const best = ranges
    .filter(({ tag, quality }) => quality > 0 && known(tag))
    .sort((a, b) => b.quality - a.quality)
    .at(0);
  return languageOf(best?.tag);
}

function known(tag: string): Language | undefined {
  const [primary = ''] = tag.toLowerCase().split('-');
  return languages.find((language) => language === primary);
}
