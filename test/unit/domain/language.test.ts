import { describe, expect, it } from 'vitest';
import { acceptedLanguage, languageOf } from '../../../functions/domain/language.ts';

describe('languages', () => {
  it.each([
    ['sv', 'sv'],
    ['sv-FI', 'sv'],
    ['SV-se', 'sv'],
    ['en-US', 'en'],
    ['xx', 'en'],
    ['svx', 'en'],
    ['', 'en'],
    [null, 'en'],
  ])('an account with the locale %s is written to in %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });

  it.each([
    ['sv-SE,sv;q=0.9,en;q=0.8', 'sv'],
    ['de, en;q=0.5, sv;q=0.7', 'sv'],
    ['sv;q=0, en', 'en'],
    ['*', 'en'],
    ['de', 'en'],
    [undefined, 'en'],
    [';;;,,,q=', 'en'],
  ])('a browser that accepts %s is answered in %s', (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
  });
});
