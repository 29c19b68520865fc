/** Every page as markup: it is whole, its parts refer to each other, it weighs little, and it says what is wrong first. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { languages } from '../../../functions/domain/language.ts';
import { duration } from '../../../functions/http/parts/time.ts';
import { filesOf, type Rendered, rendered } from '../../browser/examples/index.ts';

/** Elements without an end tag: https://html.spec.whatwg.org/multipage/syntax.html#void-elements */
const VOID = new Set(['meta', 'link', 'input', 'img', 'source', 'br']);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi;

/** Where the markup is not what a parser of XML would take, beside void elements: unclosed, crossed, or stray. */
function markupFaults(html: string): string[] {
  const body = html.replace(/^<!doctype html>/, '').replaceAll(/<script>.*?<\/script>/gs, '');
  const open: string[] = [];
  const faults: string[] = [];
  for (const [, end, name = '', , selfClosed] of body.matchAll(TAG)) {
    if (VOID.has(name) || selfClosed) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) faults.push(`</${name}>`);
  }
  const stray = body.replaceAll(TAG, '').match(/[<>]/g) ?? [];
  return [...faults, ...open.map((name) => `<${name}>`), ...stray];
}

const valuesOf = (html: string, attribute: string) =>
  [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].flatMap(([, value = '']) => value.split(' '));

describe.each(rendered)('$name in $language', ({ html, language }) => {
  it('is whole, and each of its ids is one element’s', () => {
    expect(markupFaults(html)).toEqual([]);
    const ids = valuesOf(html, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    for (const attribute of ['for', 'aria-describedby', 'aria-controls', 'aria-labelledby']) {
      for (const id of valuesOf(html, attribute)) expect(ids, attribute).toContain(id);
    }
    for (const [, id = ''] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  });

  it('names each of its controls, and has one heading and one place to begin', () => {
    expect(html).toContain(`<html lang="${language}">`);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect((html.match(/\sautofocus/g) ?? []).length).toBeLessThanOrEqual(1);
    for (const [control] of html.matchAll(/<(?:input(?! type="hidden")|button|a )[^>]*>/g)) {
      // What the frame has around each page needs none: nobody fills it in.
      if (!/hreflang|href="(?:#|https:\/\/school|mailto:|https:\/\/app\.school)/.test(control))
        expect(control).toMatch(/ id="/);
    }
    const labelled = valuesOf(html, 'for');
    for (const [, id = ''] of html.matchAll(/<input type="(?!hidden)[a-z]+" id="([^"]+)"/g)) {
      expect(labelled).toContain(id);
    }
  });

  it('puts what is wrong first', () => {
    const isRefused = html.includes('aria-invalid') || /id="(?:fault|summary)"/.test(html);
    expect(/<title>(?:Error|Fel): /.test(html)).toBe(isRefused);
    expect(/<input type="password"[^>]* value=/.test(html)).toBe(false);
  });
});

it('finds markup that is not whole', () => {
  const faults = ['<p><b></p></b>', '<div>', '<p>a < b</p>', '<p title="<b>">a</p>', '<p>a</p>'].map(markupFaults);
  expect(faults.map(({ length }) => length > 0)).toEqual([true, true, true, true, false]);
});

it.each(['sign-in', 'sign-in.wrong', 'sign-up.refused'])('%s and its stylesheet weigh at most 14 KB', (name) => {
  for (const { html, stage } of rendered.filter((one: Rendered) => one.name === name)) {
    const sheet = [...filesOf(stage).values()].find(({ type }) => type === 'text/css')?.body ?? '';
    const bytes = gzipSync(html).length + gzipSync(sheet).length;
    expect(bytes).toBeGreaterThan(2_000);
    expect(bytes).toBeLessThanOrEqual(14_000);
  }
});

it('a time is said in the unit that a person would choose', () => {
  const said = (seconds: number) => languages.map((language) => duration(language, seconds));
  expect([1, 60, 61, 3600, 5400, 86_400].map(said)).toEqual([
    ['1 minute', '1 minut'],
    ['1 minute', '1 minut'],
    ['2 minutes', '2 minuter'],
    ['1 hour', '1 timme'],
    ['90 minutes', '90 minuter'],
    ['24 hours', '24 timmar'],
  ]);
});
