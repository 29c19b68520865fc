/** Every mail as a reader sees it, on a phone and on a desk, by day and by night. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../functions/domain/language.ts';
import type { TemplateId } from '../../functions/domain/mail/content.ts';
import { renderTemplate } from '../../functions/domain/mail/render.ts';
import { exampleMails } from '../../lib/operator/example-mails.ts';
import { parseSettings } from '../../lib/service/config.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

/** Run in the page. */
const LEGIBILITY = readFileSync(new URL('legibility.js', import.meta.url), 'utf8');
interface Facts {
  readonly brokenImages: number;
  /** Pixels. */
  readonly widest: number;
  readonly smallestText: number;
  readonly worstContrast: number;
}

const brand = parseSettings({ stage: 'test' }).service.mail;
const screens = [
  { name: 'phone', width: 320, height: 640 },
  { name: 'desk', width: 1280, height: 800 },
];
const schemes = ['light', 'dark'] as const;
const cases = languages.flatMap((language) =>
  (Object.keys(exampleMails) as TemplateId[]).map((template) => ({ template, language })),
);

describe.skipIf(!chromiumPath)('mails', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage();
    page.on('request', ({ url }) => requests.push(url()));
  });
  afterAll(() => browser?.close());

  it.each(cases)('$template in $language is readable, its button is there, nothing is broken', async (one) => {
    const { template, language } = one;
    const { html } = renderTemplate(template, exampleMails[template] as never, language, brand);
    await page.setContent(html);
    for (const { name, ...viewport } of screens) {
      await page.setViewportSize(viewport);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await screenshot(page, `${template}.${language}.${name}.${colorScheme}`);
        const facts = await page.evaluate<Facts>(LEGIBILITY);
        expect(facts.brokenImages).toBe(0);
        expect(facts.widest).toBeLessThanOrEqual(viewport.width);
        expect(facts.smallestText).toBeGreaterThanOrEqual(14);
        expect(facts.worstContrast).toBeGreaterThanOrEqual(4.5);
      }
      const button = page.locator('a.button');
      expect(await button.count()).toBe(html.includes('class="button"') ? 1 : 0);
      if ((await button.count()) === 1) {
        const box = await button.boundingBox();
        // Apple's and WCAG's size of what a finger is to hit.
        expect(box?.height).toBeGreaterThanOrEqual(44);
        expect(box?.width).toBeGreaterThanOrEqual(44);
        expect(await page.locator('a.plain').textContent()).toBe(await button.getAttribute('href'));
      }
    }
    expect(requests).toEqual([]);
  });
});
