import { describe, expect, it } from 'vitest';
import { CreateOrganizationRequest } from '../../../functions/contracts/http/organizations.ts';
import { LoginRequest, RegisterRequest, UpdateMeRequest } from '../../../functions/contracts/http.ts';
import { cutText, holdsUnseen, isVisible, shownText } from '../../../functions/domain/people-text.ts';

const FAMILY = '👩‍👩‍👧‍👦';

const names = [
  'Maria Lind',
  'Åsa Öberg-Ek',
  "O'Brien & Söner, 3 tr.",
  '李小龍',
  '葛\u{e0100}城市',
  'محمّد',
  'می‌خواهم',
  'न्‍यायालय',
  'র‍্যাব',
  'ශ්‍රී ලංකා',
  'അവന്‍ വന്നു',
  'Klass 7️⃣ ❤️‍🔥',
  `Familjen ${FAMILY}`,
  '👩🏽‍🚀',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland',
  'e\u0301te\u0301',
  '東京　支店',
];

const unseen: [what: string, name: string][] = [
  ['a line feed', 'Maria\nLind'],
  ['a carriage return', 'Maria\rBcc: a@example.org'],
  ['a tab', 'Maria\tLind'],
  ['ESC', 'Maria\x1b[2JLind'],
  ['NEL', 'Maria\x85Lind'],
  ['a line separator', 'Maria\u2028Lind'],
  ['a paragraph separator', 'Maria\u2029Lind'],
  ['a bidi override', 'Maria \u202egnp.exe'],
  ['a bidi isolate', 'Maria \u2066Lind\u2069'],
  ['a right-to-left mark', 'Maria\u200f'],
  ['a zero width space', 'Ma\u200bria'],
  ['a word joiner', 'Ma\u2060ria'],
  ['a soft hyphen', 'Ma\u00adria'],
  ['a byte order mark', 'Ma\ufeffria'],
  ['a joiner between Latin letters', 'Ma\u200dria'],
  ['a non-joiner after an accent', 'Mare\u0301\u200ca'],
  ['a joiner at an end', 'محمد\u200d'],
  ['two joiners', 'می\u200c\u200cخواهم'],
  ['a variation selector after a letter', 'Maria\ufe0f'],
  ['a second variation selector', '❤\ufe0f\ufe0f'],
  ['tags without a flag', 'Maria\u{e0061}\u{e0062}'],
  ['a Hangul filler', 'Ma\u3164ria'],
  ['a blank Braille pattern', 'Ma\u2800ria'],
  ['a noncharacter', 'Ma\ufdd0ria'],
  ['half a surrogate pair', 'Ma\ud83dria'],
];

describe('S62: text of people', () => {
  it.each(names)('may be %s', (name) => {
    expect([holdsUnseen(name), isVisible(name)]).toEqual([false, true]);
    expect(shownText(name).replace(/\s/g, ' ')).toBe(name.replace(/\s/g, ' '));
  });

  it.each(unseen)('may not hold %s, and is shown without it', (_, name) => {
    expect(holdsUnseen(name)).toBe(true);
    const shown = shownText(name);
    expect(holdsUnseen(shown)).toBe(false);
    expect(isVisible(shown)).toBe(true);
  });

  it.each(['', ' ', '\u00a0\u3000', '\u200b', '\u3164', '\u2800', '\u200d\u200d', '\u0301', '\u202e'])(
    'has something visible, so it is not %j',
    (name) => {
      expect(isVisible(name)).toBe(false);
      expect(shownText(name).replace('\u0301', '')).toBe('');
    },
  );

  it('is shown on one line, without doubled and outer spaces', () => {
    expect(shownText(' \tMaria\r\n\u2028 Lind\u00a0\u202e')).toBe('Maria Lind');
    for (const [, name] of unseen) expect(shownText(shownText(name))).toBe(shownText(name));
  });

  it('is cut between graphemes, with a mark', () => {
    expect(cutText('Maria', 5)).toBe('Maria');
    expect(cutText('Maria Lind', 7)).toBe('Maria…');
    expect(cutText('🎓🎓🎓', 3)).toBe('🎓🎓🎓');
    expect(cutText('abe\u0301cd', 4)).toBe('ab…');
    expect(cutText(`ab${FAMILY}`, 8)).toBe('ab…');
    expect(cutText(FAMILY, 4)).toBe('…');
    expect(cutText(`a${'\u0301'.repeat(100_000)}`, 100)).toBe('…');
  });
});

describe('S62: every name in a request', () => {
  const account = { email: 'a@example.org', password: 'correct horse battery staple' };
  const fields: [field: string, read: (name: string) => { success: boolean; data?: unknown }][] = [
    ['organization_name', (name) => RegisterRequest.safeParse({ ...account, organization_name: name })],
    [
      'first_name',
      (name) => RegisterRequest.safeParse({ ...account, person_name: { first_name: name, last_name: 'L' } }),
    ],
    ['last_name', (name) => UpdateMeRequest.safeParse({ person_name: { first_name: 'M', last_name: name } })],
    ['display_name', (name) => UpdateMeRequest.safeParse({ display_name: name })],
    ['device_name', (name) => LoginRequest.safeParse({ ...account, device_name: name })],
    ['name', (name) => CreateOrganizationRequest.safeParse({ name })],
  ];

  it.each(fields)('%s is trimmed and holds nothing invisible', (field, read) => {
    for (const name of names) expect(read(name).success, name).toBe(true);
    for (const [what, name] of unseen) expect(read(name).success, what).toBe(false);
    for (const name of ['\u3164', '\u0301', '  ']) expect(read(name).success).toBe(false);
    expect(JSON.stringify(read(' \u00a0Maria Lind\n').data)).toContain(`"${field}":"Maria Lind"`);
  });

  it('has its characters counted after it is trimmed', () => {
    expect(CreateOrganizationRequest.safeParse({ name: ` ${'å'.repeat(200)} ` }).success).toBe(true);
    expect(CreateOrganizationRequest.safeParse({ name: 'å'.repeat(201) }).success).toBe(false);
  });
});
