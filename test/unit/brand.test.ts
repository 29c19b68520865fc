/** The brand of a stage: what settings take, what follows from them, and what mails of older stages keep. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrast, readable, textOn } from '../../functions/domain/color.ts';
import { pageGrounds } from '../../functions/domain/page-grounds.ts';
import { letterIcon, stylesheetName } from '../../functions/http/page-files.ts';
import { pageStyle } from '../../functions/http/page-style.ts';
import { repoRoot } from '../../lib/build/folders.ts';
import { parseSettings, settingsJson } from '../../lib/service/config.ts';

const parsed = (service: object) => parseSettings({ stage: 'test', service }).service;

/** A custom property in a theme of the sheet, the last one that counts. */
function inSheet(service: object, name: string) {
  const [light = '', dark = ''] = pageStyle(parsed(service)).slice(-400).split('@media(prefers-color-scheme:dark)');
  return [light, dark].map((part) => new RegExp(`--${name}:([^;}]+)`).exec(part)?.[1]);
}

describe('the colours of a brand', () => {
  it.each([
    ['accent', '#facc15', '#facc15 has a contrast of 1.5 to 1 with the light card (#ffffff)'],
    ['accentDark', '#1d4ed8', '#1d4ed8 has a contrast of 2.6 to 1 with the dark card (#171a20)'],
    ['accent', 'blue', 'six hexadecimal digits after #'],
  ])('are refused where nobody could read a link in them: %s %s', (name, value, message) => {
    expect(() => parsed({ brand: { [name]: value } })).toThrow(`service.brand.${name}: ${message}`);
  });

  it('are followed by all others', () => {
    const brand = { accent: '#0f766e' };
    const { accentDark } = parsed({ brand }).brand;
    for (const ground of [pageGrounds.dark.card, pageGrounds.dark.page]) {
      expect(contrast(accentDark, ground)).toBeGreaterThanOrEqual(4.5);
    }
    expect(inSheet({ brand }, 'accent')).toEqual(['#0f766e', accentDark]);
    expect(inSheet({ brand }, 'on-accent')).toEqual(['#ffffff', '#000000']);
    expect(parsed({ brand }).mail).toMatchObject({ buttonColor: '#0f766e', buttonTextColor: '#ffffff' });
  });

  it('are those of mails in a stage that only names these; a pale one is darkened where it is text', () => {
    const mail = { brandName: 'Norra skolan', buttonColor: '#facc15', buttonTextColor: '#14181f' };
    expect(parsed({ mail }).brand).toMatchObject({ name: 'Norra skolan', accent: '#facc15' });
    expect(inSheet({ mail }, 'on-accent')[0]).toBe('#14181f');
    const [link = ''] = inSheet({ mail }, 'link');
    expect(contrast(link, pageGrounds.light.page)).toBeGreaterThanOrEqual(4.5);
    // What shows where the button is.
    expect(inSheet({ mail }, 'edge')[0]).toBe(link);
  });

  it('are the brand’s where both are named, and mails keep their own', () => {
    const mail = { brandName: 'Brev', buttonColor: '#111111' };
    const settings = parsed({ mail, brand: { name: 'Norra skolan', accent: '#0f766e' } });
    expect(settings.brand).toMatchObject({ name: 'Norra skolan', accent: '#0f766e' });
    expect(settings.mail).toMatchObject(mail);
  });

  it('give another sheet another name', () => {
    const names = [{}, { accent: '#0f766e' }, { radius: 4 }, { name: 'Norra skolan' }].map((brand) =>
      stylesheetName(parsed({ brand })),
    );
    expect(new Set(names).size).toBe(3);
    expect(names[3]).toBe(names[0]);
  });

  it('stand on the grounds that the sheet has', () => {
    const tokens = readFileSync(join(repoRoot, 'functions/browser/style/tokens.css'), 'utf8');
    const [light = '', dark = ''] = tokens.split('@media');
    for (const [sheet, { card, page, ink }] of [
      [light, pageGrounds.light],
      [dark, pageGrounds.dark],
    ] as const) {
      for (const line of [`--n0: ${card};`, `--n1: ${page};`, `--n9: ${ink};`]) expect(sheet).toContain(line);
    }
  });
});

it('text on any colour has a contrast of 4.5, and any colour can be made readable', () => {
  for (const color of ['#777777', '#7a7a7a', '#ff0000', '#00ff00', '#808000', '#ffffff', '#000000']) {
    expect(contrast(color, textOn(color))).toBeGreaterThanOrEqual(4.5);
    for (const { card, page, ink } of Object.values(pageGrounds)) {
      const link = readable(color, [card, page], ink);
      expect(Math.min(contrast(link, card), contrast(link, page))).toBeGreaterThanOrEqual(4.5);
    }
  }
});

const svg = (inside: string, root = 'viewBox="0 0 40 20"') =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${root}>${inside}</svg>`)}`;
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the logo of a brand', () => {
  it.each([
    ['an SVG by its viewBox', svg('<path d="M0 0h9"/>'), 'svg', 2],
    ['an SVG by its width and height', svg('', 'width="30" height="20px"'), 'svg', 1.5],
    ['an SVG with references to itself', svg('<defs><path id="a"/></defs><use href="#a" fill="url(#b)"/>'), 'svg', 2],
    ['a PNG', `data:image/png;base64,${PIXEL}`, 'png', 1],
  ])('is %s', (_, logo, type, ratio) => {
    const settings = parsed({ brand: { logo } });
    expect(settings.brand.logo).toMatchObject({ type, ratio });
    // What was parsed is parsed again where a construct takes it as properties.
    expect(parsed(settings).brand).toEqual(settings.brand);
    expect(settingsJson(settings)).not.toContain('"source"');
  });

  it.each([
    ['a script', svg('<script>alert(1)</script>'), 'the SVG has a script'],
    ['a script of another prefix', svg('<s:script href="#a"/>'), 'the SVG has a script'],
    ['a handler', svg('<path onload="alert(1)"/>'), 'the SVG has an event handler'],
    ['a page', svg('<foreignObject/>'), 'the SVG embeds'],
    ['an outer reference', svg('<image href="https://cdn.example/a.png"/>'), 'the SVG refers to something outside it'],
    ['an outer reference by xlink', svg('<use xlink:href="//cdn.example/a.svg#a"/>'), 'outside it'],
    ['a font from elsewhere', svg('<style>@font-face{src:url(https://a.example/f)}</style>'), 'outside it'],
    ['an imported style', svg('<style>@import "a.css"</style>'), 'outside it'],
    ['a reference that changes', svg('<set attributeName="href" to="#b"/>'), 'the SVG changes a reference'],
    ['an entity', svg('<!ENTITY a "b">'), 'the SVG declares a document type or entities'],
    [
      'no namespace',
      `data:image/svg+xml,${encodeURIComponent('<svg viewBox="0 0 1 1"/>')}`,
      'neither a PNG nor an SVG',
    ],
    ['no size', svg('', ''), 'neither a PNG nor an SVG'],
    ['other bytes', `data:image/png;base64,${Buffer.from('GIF89a').toString('base64')}`, 'neither a PNG nor an SVG'],
    ['another type', 'data:image/gif;base64,R0lGODlh', 'a data: URL of image/svg+xml or image/png'],
    ['no file', 'brand/none.svg', 'brand/none.svg cannot be read (ENOENT)'],
    ['70 KB', svg(`<desc>${'x'.repeat(70_000)}</desc>`), 'a picture has at most 65536'],
  ])('is refused with %s', (_, logo, message) => {
    expect(() => parsed({ brand: { logo } })).toThrow(/^Bad settings:\n {2}service\.brand\.logo: /);
    expect(() => parsed({ brand: { logo } })).toThrow(message);
  });

  it('is by default a letter, which is escaped', () => {
    expect(letterIcon({ name: '<b>', accent: '#1d4ed8' })).toContain('>&lt;</text>');
  });
});
