/** Every page, in each language, theme and width, held to WCAG 2.2 AA by axe, and walked through by keyboard. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launch } from './chromium.ts';
import { filesOf, type Rendered, rendered } from './examples/index.ts';
import { serveFiles } from './page-files.ts';

/** Both are run in the page. */
const LEGIBILITY = readFileSync(new URL('legibility.js', import.meta.url), 'utf8');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All of its rules, best practices among them, or some. */
const findings = (rules?: readonly string[]) => `axe
  .run(document, { resultTypes: ['violations']${rules ? `, runOnly: ${JSON.stringify(rules)}` : ''} })
  .then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' ')))`;
const themes = ['light', 'dark'] as const;
const widths = [320, 768, 1280];
const COLOURS = ['color-contrast', 'link-in-text-block'];
const SIZES = ['target-size', 'scrollable-region-focusable'];
/** All in the first; then those of colours in the other theme, and those of sizes in the other widths. */
const rulesIn = (theme: (typeof themes)[number], width: number) => {
  if (theme === 'light') return width === widths[0] ? undefined : SIZES;
  return width === widths[0] ? COLOURS : [];
};
/** @throws in the page, for a picture that is broken */
const PICTURES = 'Promise.all([...document.images].map((image) => image.decode()))';

interface Facts {
  readonly widest: number;
  readonly smallestText: number;
  readonly worstContrast: number;
}

describe.skipIf(!chromiumPath)('every page', () => {
  let browser: Browser;
  let page: Page;
  let serve: Awaited<ReturnType<typeof serveFiles>>;
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage({ reducedMotion: 'reduce' });
    page.on('request', (request) => asked.push(request.url()));
    serve = await serveFiles(page, filesOf);
    await serve('plain', '<!doctype html><title>Nothing yet</title>');
    await page.evaluate(AXE);
  });
  afterAll(() => browser?.close());

  it.each(rendered)('$name in $language has no finding, in any theme and width', async ({ stage, html }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await serve(stage, html, 'same');
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(PICTURES);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        const rules = rulesIn(colorScheme, width);
        const found = rules?.length === 0 ? [] : await page.evaluate(findings(rules));
        expect(found, `${colorScheme} ${width}`).toEqual([]);
        const facts = await page.evaluate<Facts>(LEGIBILITY);
        expect(facts.widest).toBeLessThanOrEqual(width);
        expect(facts.smallestText).toBeGreaterThanOrEqual(14);
        expect(facts.worstContrast).toBeGreaterThanOrEqual(4.5);
      }
    }
    await expectWalk(page);
  });

  it('asks nobody but the issuer', () => {
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set(['https://id.school.example']));
  });

  it('is readable where its stylesheet does not come', async () => {
    const { stage, html } = rendered.find(({ name }) => name === 'sign-in') as Rendered;
    await page.setViewportSize({ width: 320, height: 640 });
    await serve(stage, html.replace(/href="[^"]+\.css"/, 'href="https://id.school.example/assets/none.css"'));
    expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('8px');
    const { widest, smallestText } = await page.evaluate<Facts>(LEGIBILITY);
    expect(widest).toBeLessThanOrEqual(320);
    expect(smallestText).toBeGreaterThanOrEqual(13);
    expect(await page.getByRole('button', { name: 'Sign in', exact: true }).isVisible()).toBe(true);
  });
});

describe.skipIf(!chromiumPath)('a form that is sent', () => {
  it('says that it works, is sent once however often its button is pressed, and can be sent again after "Back"', async () => {
    const browser = await launch();
    const page = await browser.newPage();
    const serve = await serveFiles(page, filesOf);
    const sent: (string | null)[] = [];
    // No content: the page stays, as it does while an answer is awaited.
    await page.route('**/sign-in', (route) => {
      sent.push(route.request().postData());
      return route.fulfill({ status: 204 });
    });
    const { stage, html } = rendered.find(({ name }) => name === 'sign-in') as Rendered;
    await serve(stage, html);
    await page.locator('#email').fill('maria@norra-skolan.example');
    await page.locator('#password').fill('correct horse battery staple');
    const [submit, cancel] = [page.locator('#submit'), page.locator('#cancel')];
    await submit.click();
    await expect.poll(() => sent.length).toBe(1);
    expect(await submit.getAttribute('aria-busy')).toBe('true');
    await submit.click();
    await cancel.click();
    await page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
    expect(await submit.getAttribute('aria-busy')).toBe(null);
    await cancel.click();
    await expect.poll(() => sent.length).toBe(2);
    expect(sent.map((form) => /&cancel=true$/.test(form ?? ''))).toEqual([false, true]);
    await browser.close();
  });
});

const CONTROLS = `[...document.querySelectorAll('a[href], button, select, input:not([type=hidden])')]
  .filter((element) => element.checkVisibility() && !element.disabled)
  .map((element) => element.id || element.textContent)`;
/** What is focused from now on: its name and its ring. */
const WATCH_FOCUS = `globalThis.walked = [];
document.addEventListener('focusin', ({ target }) => {
  const { outlineStyle, outlineWidth } = getComputedStyle(target);
  walked.push([target.id || target.textContent, outlineStyle + ' ' + outlineWidth]);
});
document.activeElement.blur(); document.body.tabIndex = -1; document.body.focus(); walked.length = 0;`;

/** By Tab from the start of the page: each control once, in the order of the page, each with a ring around it. */
async function expectWalk(page: Page): Promise<void> {
  const controls = await page.evaluate<string[]>(CONTROLS);
  await page.evaluate(WATCH_FOCUS);
  // The browser takes them in their order; waiting for each would be waiting for frames.
  await Promise.all(controls.map(() => page.keyboard.press('Tab')));
  const walked = await page.evaluate<string[][]>('walked');
  expect(walked).toEqual(controls.map((name) => [name, 'solid 2px']));
}
