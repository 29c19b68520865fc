/** The local mailbox shows mails of whoever made them: a browser runs, loads and sends nothing of theirs. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEndpoint } from '../../lib/local/aws/endpoint.ts';
import { mailboxPage } from '../../lib/local/mailbox.ts';
import { chromiumPath, launch } from './chromium.ts';

const HOSTILE = `<html><head></head><body style="color: rgb(1, 2, 3)"><p>Hello Ada</p>
<script>document.title = 'taken'; parent.document.title = 'taken'</script>
<img src="/_local/probe" onerror="parent.document.title = 'taken'">
<form action="/_local/probe" method="post"><button>Send</button></form></body></html>`;

describe.skipIf(!chromiumPath)('the mailbox page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('S73: shows a mail with its style, and nothing of it acts', async () => {
    const asked: string[] = [];
    const endpoint = await startEndpoint({
      port: 0,
      services: [],
      async control({ method, path }) {
        asked.push(`${method} ${path}`);
        return path === '/_local/mailbox'
          ? mailboxPage([
              {
                Id: '1',
                Region: 'eu-north-1',
                Source: 'a@school.example',
                Destination: { ToAddresses: ['ada@example.com'] },
                Subject: '</title><script>document.title="taken"</script>',
                Body: { text_part: 'Hello Ada', html_part: HOSTILE },
                Timestamp: '2026-06-01T12:00:00.000Z',
              },
            ])
          : undefined;
      },
    });
    const page = await browser.newPage();
    await page.goto(`${endpoint.url}/_local/mailbox`);
    const mail = page.frameLocator('iframe');
    await mail.getByText('Hello Ada').waitFor();
    expect(await page.frames()[1]?.evaluate('getComputedStyle(document.body).color')).toBe('rgb(1, 2, 3)');
    await mail.getByRole('button').click();
    expect(await page.title()).toBe('Local mailbox');
    // What the click would have sent would be there before this.
    await page.goto(`${endpoint.url}/_local/mailbox`);
    expect(asked).toEqual(['GET /_local/mailbox', 'GET /_local/mailbox']);
    await page.close();
    await endpoint.close();
  });
});
