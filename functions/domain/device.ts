/**
 * A browser as people know it, from its User-Agent header: names from a closed list and nothing else of the header,
 * since its sender could otherwise write to its reader (S62).
 */
import type { Language } from './language.ts';

type Names = readonly (readonly [mark: string, name: string])[];

/** The first match counts: the headers of earlier entries also hold the marks of later ones. */
const browsers: Names = [
  ['Edg/', 'Edge'],
  ['EdgA/', 'Edge'],
  ['EdgiOS/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['CriOS/', 'Chrome'],
  ['Safari/', 'Safari'],
];

const systems: Names = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Macintosh', 'Mac'],
  ['Linux', 'Linux'],
];

const find = (names: Names, userAgent: string) => names.find(([mark]) => userAgent.includes(mark))?.[1];

const words: Readonly<Record<Language, { readonly on: string; readonly unknown: string }>> = {
  en: { on: 'on', unknown: 'an unknown device' },
  sv: { on: 'på', unknown: 'en okänd enhet' },
};

/** `Firefox on Windows`, `iPhone`, `an unknown device`. */
export function describeDevice(userAgent: string | null, language: Language): string {
  const { on, unknown } = words[language];
  const browser = find(browsers, userAgent ?? '');
  const system = find(systems, userAgent ?? '');
  return browser && system ? `${browser} ${on} ${system}` : (browser ?? system ?? unknown);
}
