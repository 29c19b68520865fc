/** `npm run mails [folder]`: renders every mail in every language to a file, for a person to look at. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { languages } from '../functions/domain/language.ts';
import type { TemplateId } from '../functions/domain/mail/content.ts';
import { notificationContent } from '../functions/domain/mail/notification.ts';
import { type RenderedMail, renderMail, renderTemplate } from '../functions/domain/mail/render.ts';
import { makeDirectory } from '../lib/command/make-directory.ts';
import { runScript } from '../lib/command/run-script.ts';
import { exampleMails } from '../lib/operator/example-mails.ts';
import { parseSettings } from '../lib/service/config.ts';

const folder = process.argv[2] ?? '.build/mails';
const brand = parseSettings({ stage: 'local' }).service.mail;
const variables = {
  subject: 'Your receipt',
  body: 'Thank you.\n\nYour receipt is ready.',
  action_label: 'Open the receipt',
  action_url: 'https://app.example.com/receipts/1',
};
const notification = notificationContent(variables, { base: 'https://app.example.com', hosts: [] });

await runScript(() => {
  makeDirectory(folder);
  for (const language of languages) {
    for (const [template, values] of Object.entries(exampleMails)) {
      write(template, language, renderTemplate(template as TemplateId, values as never, language, brand));
    }
    write('notification', language, renderMail(notification, language, brand));
  }
  console.log(`Mails in ${folder}`);
});

function write(template: string, language: string, { subject, html, text }: RenderedMail): void {
  writeFileSync(join(folder, `${template}.${language}.html`), html);
  writeFileSync(join(folder, `${template}.${language}.txt`), `Subject: ${subject}\n\n${text}`);
}
