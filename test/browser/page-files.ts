/** Shows pages that no service serves, with the files that they load: the browser asks nobody. */
import type { Page } from 'playwright-core';
import type { filesOf as FilesOf } from './examples/index.ts';

/**
 * @returns shows a page under an address of its issuer: loads it, or writes it into the `same` window, where what a test
 *   put into that stays
 */
export async function serveFiles(page: Page, filesOf: typeof FilesOf) {
  let stage = '';
  let html = '';
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/page') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
    const file = filesOf(stage).get(pathname.split('/').at(-1) ?? '');
    return file ? route.fulfill({ contentType: file.type, body: file.body }) : route.fulfill({ status: 404, body: '' });
  });
  return async (ofStage: string, markup: string, where?: 'same') => {
    stage = ofStage;
    if (where === 'same') return page.setContent(markup);
    html = markup;
    await page.goto('https://id.school.example/page');
  };
}
